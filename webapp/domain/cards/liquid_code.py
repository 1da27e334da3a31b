"""Liquid, as people write it in templates: with limits of time and size, without files, values escaped."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sized
from contextvars import ContextVar
from typing import Any, NoReturn

from liquid import Environment
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError
from liquid.template import BoundTemplate

from webapp.kernel.db import is_storable
from webapp.kernel.errors import FieldError

SECONDS_MAX = 1.0
RANGE_MAX = 1_000
TEXT_MAX = 500_000
UNWANTED_FILTERS = ("safe",)
"""What would undo the escaping of values."""
UNWANTED_TAGS = ("include", "render")
MISTAKES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_deadline: ContextVar[float] = ContextVar("liquid_deadline")


class CardEnvironment(Environment):
    """One for all templates; it loads no files."""

    loop_iteration_limit = 10_000
    local_namespace_limit = 500_000
    output_stream_limit = 500_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for name in UNWANTED_FILTERS:
            del self.filters[name]
        for name in UNWANTED_TAGS:
            del self.tags[name]
        self.filters = {name: _bounded(name, each) for name, each in self.filters.items()}


def _bounded(name: str, each: Callable[..., Any]) -> Callable[..., Any]:
    """The filter within bounds of time and size: what filters do passes the library's own limits."""

    @functools.wraps(each)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        if time.monotonic() > _deadline.get():
            _refuse("the template takes too long")
        if any(isinstance(value, int) and value.bit_length() > 64 for value in args):
            _refuse("a number is too large")
        if name in GROWTH and GROWTH[name](*args) > TEXT_MAX:
            _refuse("a text becomes too long")
        try:
            result = each(*args, **kwargs)
        except MISTAKES as error:  # the library checks not all that templates give its filters
            raise FilterArgumentError(f"{name} does not work with such a value", token=None) from error
        if isinstance(result, str) and len(result) > TEXT_MAX:
            _refuse("a text becomes too long")
        return result

    return bounded


def _growth_of_replace(text: object, old: object = "", new: object = "", *_: object) -> int:
    return str(text).count(str(old)) * len(str(new))


def _growth_of_join(items: object, separator: object = " ", *_: object) -> int:
    return len(items) * len(str(separator)) if isinstance(items, Sized) else 0


GROWTH: dict[str, Callable[..., int]] = {"replace": _growth_of_replace, "join": _growth_of_join}
"""How long the results of filters are at least, where they can be far longer than what they are made of."""


def _refuse(reason: str) -> NoReturn:
    raise ResourceLimitError(reason, token=None)


_make_range = RangeLiteral._make_range


def _make_short_range(self: RangeLiteral, start: Any, stop: Any) -> range:
    """A range of a length that filters may list; the library's own limits do not see ranges."""
    made = _make_range(self, start, stop)
    if len(made) > RANGE_MAX:
        raise ResourceLimitError(f"a range has more than {RANGE_MAX} numbers", token=self.token)
    return made


RangeLiteral._make_range = _make_short_range  # type: ignore[method-assign]

ENVIRONMENT = CardEnvironment(autoescape=True)


def parse(code: str) -> tuple[BoundTemplate | None, list[FieldError]]:
    """The template, or what is wrong with its code, by line."""
    try:
        template = ENVIRONMENT.from_string(code)
        flaws = list(_unknown_filters(template, code))
        return (None, flaws) if flaws else (template, [])
    except LiquidError as error:
        return None, [_error(error)]
    except RecursionError:
        return None, [_too_deep()]
    except (ValueError, OverflowError):
        return None, [_too_large()]


def _unknown_filters(template: BoundTemplate, code: str) -> Iterator[FieldError]:
    """Filters that would only be missed when the template is used."""
    for name, places in template.analyze().filters.items():
        if name not in ENVIRONMENT.filters:
            line = code.count("\n", 0, places[0].index) + 1
            yield _flaw(f"Line {line}: unknown filter '{name}'.")


def render(code: str, values: Mapping[str, Any]) -> tuple[str, list[FieldError]]:
    """What the template makes of ``values``, or what is wrong with it."""
    template, errors = parse(code)
    if template is None:
        return "", errors
    token = _deadline.set(time.monotonic() + SECONDS_MAX)
    try:
        output = template.render(**values)
        if not is_storable(output):
            return "", [_flaw("The code makes characters that cannot be stored.")]
        return output, []
    except LiquidError as error:
        return "", [_error(error)]
    except RecursionError:
        return "", [_too_deep()]
    except (ValueError, OverflowError):
        return "", [_too_large()]
    finally:
        _deadline.reset(token)


def _too_deep() -> FieldError:
    return _flaw("The code is nested too deeply.")


def _too_large() -> FieldError:
    return _flaw("The code computes with numbers that are too large.")


def _error(error: LiquidError) -> FieldError:
    context = error.context()
    place = f"Line {context[0]}: " if context else ""
    return _flaw(f"{place}{str(error.message).rstrip('.')}.")


def _flaw(detail: str) -> FieldError:
    return FieldError("/template_code", detail, "invalid_template")
