"""schemathesis asks everything that the OpenAPI document allows, and as much that it does not.

A small sample here, a large one in the proofs (`python -m tests.proofs contract`).
"""

from __future__ import annotations

import os
from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from search.app import create_app

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES: Final = int(os.environ.get("CAPLAKE_TEST_EXAMPLES", "25"))
# The document is the same over every lake, and nothing is opened to make it. Without parameters nothing can be wrong.
ASKED: Final = [
    pytest.param(method, path, mode, id=f"{path}-{mode.value}")
    for path, methods in create_app("no-lake").openapi()["paths"].items()
    for method, operation in methods.items()
    for mode in (
        (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if operation.get("parameters")
        else (GenerationMode.POSITIVE,)
    )
]


@pytest.fixture(scope="session")
def contract(web_app: FastAPI) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", web_app)


@pytest.mark.parametrize(("method", "path", "mode"), ASKED)
def test_no_server_error_and_no_undocumented_answer(
    contract: Any, method: str, path: str, mode: GenerationMode
) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(contract[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()


def test_every_operation_is_described(web_app: FastAPI) -> None:
    for path, methods in web_app.openapi()["paths"].items():
        for operation in methods.values():
            assert operation.get("description"), path
            if path.startswith("/api/"):
                assert {"401", "422", "429", "503"} <= set(operation["responses"]), path
