"""schemathesis asks everything that the OpenAPI document allows, and much that it does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="session")
def contract(web_app: FastAPI) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", web_app)


schema = schemathesis.pytest.from_fixture("contract")


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_server_error_and_no_undocumented_answer(case: Any) -> None:
    case.call_and_validate(checks=CHECKS)


def test_every_operation_is_described(web_app: FastAPI) -> None:
    for path, methods in web_app.openapi()["paths"].items():
        for operation in methods.values():
            assert operation.get("description"), path
            if path.startswith("/api/"):
                assert {"401", "422", "429", "503"} <= set(operation["responses"]), path
