"""People's Liquid: bombs end at a limit, nothing of Python is reached, values are escaped."""

from __future__ import annotations

import time

import pytest

from webapp.domain.cards.layout import frame
from webapp.domain.cards.liquid_code import render

LONG = "{% capture x %}{% for i in (1..900) %}" + "a" * 400 + "{% endfor %}{% endcapture %}"
BOMBS = {
    "loops": "{% for i in (1..1000) %}{% for j in (1..1000) %}x{% endfor %}{% endfor %}",
    "range": "{{ (1..9999999999) | join }}",
    "contains": "{% if (1..9999999999) contains 5000000001 %}x{% endif %}",
    "doubling": "{% assign x = 'aaaa' %}{% for i in (1..60) %}{% assign x = x | append: x %}{% endfor %}",
    "replace": f"{LONG}{{{{ x | replace: 'a', x | size }}}}",
    "join": f"{LONG}{{% assign z = x | split: '' %}}{{{{ z | join: x }}}}",
    "integers": "{% assign x = 9 %}{% for i in (1..60) %}{% assign x = x | times: x %}{% endfor %}{{ x }}",
    "time": f"{LONG}{{% for i in (1..9000) %}}{{% assign y = x | replace: 'aa', 'b' %}}{{% endfor %}}",
    "nesting": "{% if a %}" * 5000,
    "capture": "{% capture a %}{{ a }}{{ a }}x{% endcapture %}" * 100,
    "digits": "{{ " + "9" * 5000 + " | plus: 1 }}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str) -> None:
    """Case 36."""
    started = time.process_time()
    output, errors = render(BOMBS[name], {})
    assert time.process_time() - started < 3
    assert [error.code for error in errors] == ["invalid_template"]
    assert output == ""


MISTAKES = {
    "what filters are not made for": "{{ 'x' | compact: 1 }}",
    "NUL by its code": "{{ '%00' | url_decode }}",
    "NUL as base64": "{{ 'AA==' | base64_decode }}",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_told(name: str) -> None:
    output, errors = render(MISTAKES[name], {"m": "hello"})
    assert (output, [error.code for error in errors]) == ("", ["invalid_template"])


SSTI = (
    "{{ message.__class__ }}",
    "{{ message.constructor }}",
    "{{ self }}{{ config }}{{ request }}{{ globals }}",
    "{{ festival.__init__.__globals__ }}",
    "{{ 7 | __class__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% import 'os' %}",
    "{% include '/etc/passwd' %}",
    "{{ message['__class__'] }}",
)


@pytest.mark.parametrize("code", SSTI)
def test_nothing_of_python_is_reached(code: str) -> None:
    """Case 35."""
    output, errors = render(code, {"message": "hello", "festival": {"name": "Holi"}})
    assert output == "" or errors


def test_values_are_escaped_wherever_they_stand() -> None:
    value = "</style></script><img src=x onerror=alert(1)>\"'"
    code = (
        "<p>{{ m }}</p><i title=\"{{ m }}\"></i>{% assign n = m | append: '<b>' %}{{ n }}"
        "{{ m | replace: '&', '&' }}"
    )
    output, errors = render(code, {"m": value})
    assert errors == []
    assert "<img" not in output and "</script" not in output and "</style" not in output
    assert output.count('"') == 2


@pytest.mark.parametrize(
    "size", [(1080, 1080), (1080, 1920), (1200, 315), (1795, 1205), (333, 100), (17, 16)]
)
def test_a_card_fits_into_every_frame(size: tuple[int, int]) -> None:
    found = frame((1080, 720), size)
    assert found.width >= 1080 and found.height >= 720
    assert abs(found.width * found.scale - size[0]) < 1e-6
    assert size[1] <= found.height * found.scale < size[1] + found.scale
