"""A real Prefect server and worker run the deployed night to completion."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from schemas.lake import Lake, Snapshot

REPOSITORY = Path(__file__).parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))

pytestmark = pytest.mark.prefect


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment of a running server with the file's work pool, its deployments and a worker."""
    home, port = tmp_path_factory.mktemp("prefect"), free_port()
    env = {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_UI_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)], env=env, stdout=log, stderr=log
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/api/health", server, home / "server.log")
            command(env, "work-pool", "create", "caplake", "--type", "process")
            command(env, "--no-prompt", "deploy", "--prefect-file", "deployment.yaml", "--all")
            worker = subprocess.Popen(
                [PREFECT, "worker", "start", "--pool", "caplake"],
                env=env,
                cwd=REPOSITORY,
                stdout=(home / "worker.log").open("w"),
                stderr=subprocess.STDOUT,
            )
            yield env
            worker.terminate()
            worker.wait(30)
        finally:
            server.terminate()
            server.wait(30)


def wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if server.poll() is not None:
            break
        time.sleep(0.5)
    pytest.fail(f"the Prefect server did not start: {log.read_text()[-2000:]}")


def command(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([PREFECT, *arguments], env=env, cwd=REPOSITORY, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def api(env: dict[str, str], path: str, body: dict[str, object] | None = None) -> list[dict[str, object]]:
    response = httpx.post(f"{env['PREFECT_API_URL']}/{path}", json=body or {}, timeout=30)
    response.raise_for_status()
    return list(response.json())


def test_every_deployment_is_there_and_the_nightly_one_is_scheduled(prefect: dict[str, str]) -> None:
    deployments = {d["name"]: d for d in api(prefect, "deployments/filter")}
    assert {"nightly", "reindex", "rollback", "backfill", "verify", "venture", "dart"} <= set(deployments)
    (schedule,) = deployments["nightly"]["schedules"]
    assert schedule["active"]
    assert schedule["schedule"]["cron"] == "30 3 * * *"
    assert schedule["schedule"]["timezone"] == "Asia/Seoul"
    assert not deployments["venture"]["schedules"]


def test_the_deployed_night_runs_to_completion_under_a_worker(prefect: dict[str, str], tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    parameters = {"lake": str(lake), "sources": ["krx_listed"]}
    command(
        prefect,
        "deployment",
        "run",
        "nightly/nightly",
        "--params",
        json.dumps(parameters),
        "--watch",
        "--watch-timeout",
        "170",
    )
    snapshot = Snapshot.current(Lake(str(lake)))
    assert snapshot.manifest.sources["krx_listed"].valid > 2_000
    artifacts = {a["key"]: a for a in api(prefect, "artifacts/filter")}
    assert snapshot.name in str(artifacts["night-sources"]["description"])
    assert "krx_listed" in str(artifacts["night-sources"]["data"])
    assert "resolve:" in str(artifacts["night-report"]["data"])
    tasks = {t["name"].rsplit("-", 1)[0] for t in api(prefect, "task_runs/filter")}
    assert {"collect", "validate", "resolve", "describe", "encode", "embed", "index", "check-gates", "commit"} <= tasks


def test_a_parameter_of_the_wrong_kind_is_refused(prefect: dict[str, str]) -> None:
    (nightly,) = [d for d in api(prefect, "deployments/filter") if d["name"] == "nightly"]
    url = f"{prefect['PREFECT_API_URL']}/deployments/{nightly['id']}/create_flow_run"
    assert httpx.post(url, json={"parameters": {"engine": "lucene"}}, timeout=30).status_code in (409, 422)
