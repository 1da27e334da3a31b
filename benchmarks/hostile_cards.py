"""Thirteen pages that try to take all time or memory of a browser."""

from __future__ import annotations

HOSTILE = (
    "<script>for(;;);</script><p>scripts are off",
    "<meta http-equiv=refresh content='0;url=/'>",
    "<iframe src='/'></iframe>" * 50,
    "<div>" * 60_000,
    "<table><tr>" + "<td>x" * 40_000,
    "<style>*{background:url(http://127.0.0.1:1/x)}" + "a" * 200_000 + "{}</style><p>x",
    "<style>p{width:1e9px;height:1e9px;box-shadow:0 0 9999px 9999px red;filter:blur(999px)}</style><p>x",
    "<style>div{filter:blur(80px);backdrop-filter:blur(80px);width:4000px;height:4000px}</style>"
    + "<div>" * 60,
    "<style>p{font-size:99999999px;line-height:999}</style><p>" + "W" * 5_000,
    "<svg width=1080 height=1080><defs><g id=a><rect width=9 height=9/></g>"
    + "".join(f"<g id={chr(98 + n)}>" + f"<use href='#{chr(97 + n)}'/>" * 10 + "</g>" for n in range(8))
    + "</defs><use href='#i'/></svg>",
    "<svg><filter id=f x=0 y=0 width=1 height=1>"
    + "<feTurbulence baseFrequency='.9' numOctaves='900'/><feGaussianBlur stdDeviation='900'/>" * 40
    + "</filter><rect width=4000 height=4000 filter='url(#f)'/></svg>",
    "<style>@keyframes k{to{transform:rotate(9999turn) scale(99)}}*{animation:k .001s infinite}</style>"
    + "<b>x</b>" * 20_000,
    "<style>"
    + "".join(f".a{n} .b{n} .c{n}:has(~*:has(~*)){{color:red}}" for n in range(4_000))
    + "</style>"
    + "<i class='a1 b2 c3'>x</i>" * 8_000,
)
