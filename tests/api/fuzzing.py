"""Examples made from the OpenAPI document, sent to the operations, and their answers held against it.

A module of its own, since these libraries take their time to load and one test asks for them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode

SHORT_RUN = 2
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", SHORT_RUN))

load_all_checks()
FUZZ_CHECKS = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    ]
)
schemathesis.openapi.format(
    "css-color", st.sampled_from(["#8B5CF6", "teal", "rgb(1 2 3)", "hsl(120deg 50% 40%)", "#abc", "nothing"])
)
schemathesis.openapi.format("css-length", st.sampled_from(["16px", "1rem", "50%", "0px", "4px", "-1px"]))
schemathesis.openapi.format(
    "css-font-family", st.sampled_from(["Inter, sans-serif", "Georgia", "'Noto Sans'"])
)


def fuzz_all(
    app: Flask, mode: GenerationMode, headers: dict[str, str], ids: Mapping[str, Any]
) -> tuple[list[str], set[int]]:
    """The failures of every operation, and the statuses that came back; sound data is about the ``ids``."""
    analysis = {"constants": {"enabled": EXAMPLES != SHORT_RUN}}  # reading our sources takes its time
    config = schemathesis.Config.from_dict({"analysis": analysis})
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    failures, statuses = [], set[int]()
    for number, result in enumerate(schema.get_all_operations()):
        operation = result.ok()
        if EXAMPLES == SHORT_RUN and number % 2 == (mode is GenerationMode.POSITIVE):
            continue  # the short run asks each operation for one of the two
        if mode is GenerationMode.NEGATIVE and not takes_anything(operation):
            continue
        # With the token, signing out would end the run's own session.
        own = {} if operation.path.endswith("/logout") else headers
        try:
            statuses |= fuzz(operation, mode, own, ids if mode is GenerationMode.POSITIVE else None)
        except Unsatisfiable:  # it takes nothing but text of any kind
            continue
        except (Failure, FailureGroup) as failure:
            failures.append(f"{operation.label}: {failure}")
    return failures, statuses


def takes_anything(operation: Any) -> bool:
    """Whether there is anything to send that could be wrong."""
    return bool(operation.body) or any(operation.iter_parameters())


def fuzz(
    operation: Any, mode: GenerationMode, headers: dict[str, str], ids: Mapping[str, Any] | None
) -> set[int]:
    """Send examples to one operation and check each answer; the statuses that came back."""
    statuses = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES == SHORT_RUN,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: schemathesis.Case) -> None:
        if ids is not None:
            case.path_parameters = {name: ids[name] for name in case.path_parameters or {}}
        response = case.call(headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, checks=FUZZ_CHECKS)

    run()
    return statuses
