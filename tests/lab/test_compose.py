"""compose.yaml and Dockerfile say what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from caplake.cli import app
from lab.opensearch.node_home import OPENSEARCH_VERSION

REPO = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((REPO / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (REPO / "Dockerfile").read_text(encoding="utf-8")


def test_opensearch_is_the_version_that_tests_run_on_with_nori() -> None:
    lines = SERVICES["opensearch"]["build"]["dockerfile_inline"].splitlines()
    assert lines[0] == f"FROM opensearchproject/opensearch:{OPENSEARCH_VERSION}"
    assert lines[1].endswith("opensearch-plugin install --batch analysis-nori")


def test_prefect_is_the_version_that_is_installed() -> None:
    pinned = re.search(r"^prefect==(.+)$", (REPO / "constraints.txt").read_text(), re.M)
    assert pinned
    assert SERVICES["prefect"]["image"] == f"prefecthq/prefect:{pinned.group(1)}-python3.11"


def test_ports_are_published_on_loopback_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(published) == 3
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_services_wait_for_services_and_volumes_that_exist() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        assert {volume.split(":")[0] for volume in service["volumes"] if not volume.startswith("/")} <= set(
            COMPOSE["volumes"]
        ), name
    assert SERVICES["deploy"]["healthcheck"] == {"disable": True}
    assert all("healthcheck" in SERVICES[name] for name in ("opensearch", "prefect", "worker"))


@pytest.mark.parametrize(
    "command", [SERVICES["web"]["command"], " ".join(yaml.safe_load(DOCKERFILE.rsplit("CMD", 1)[1]))]
)
def test_commands_use_options_that_exist(command: str) -> None:
    program, subcommand, *rest = command.split()
    told = CliRunner().invoke(app, [subcommand, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
    assert program == "caplake"
    assert [option for option in rest if option.startswith("--") and option not in told] == []


def test_the_image_does_not_run_as_root_and_copies_every_room() -> None:
    assert DOCKERFILE.index("USER caplake") < DOCKERFILE.rindex("HEALTHCHECK") < DOCKERFILE.rindex("CMD [")
    rooms = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.M))
    assert rooms == {"schemas", "transforms", "search", "flows", "caplake"}
    assert rooms <= {line[1:] for line in (REPO / ".dockerignore").read_text().splitlines() if line.startswith("!")}
