"""The local node: found Java, an assembled home that is whole or absent, start and stop."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lab.opensearch.local_node import java_home, reachable
from lab.opensearch.node_home import assembled_home, is_whole, listing
from search.engines import EngineError

REPO = Path(__file__).resolve().parents[2]


def fake_java(folder: Path, version: str, modules: str = "java.base jdk.localedata") -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch()
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\nMODULES="{modules}"\n')
    return folder


def test_java_home_comes_first_when_it_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "jdk", "21.0.4")))
    assert java_home() == tmp_path / "jdk"


def test_a_java_that_will_not_do_is_passed_over(tmp_path: Path) -> None:
    """Too old, cut down so far that an index cannot be made, or none at all."""
    old = fake_java(tmp_path / "old", "17.0.15")
    cut_down = fake_java(tmp_path / "cut", "25", modules="java.base java.logging")
    with pytest.raises(EngineError, match=r"needs Java 21 or newer.*JAVA_HOME"):
        java_home([old, cut_down, tmp_path / "none"])
    good = fake_java(tmp_path / "good", "25.0.1")
    assert java_home([old, cut_down, good]) == good


def maven_that(folder: Path, does: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    script = folder / "mvn"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_what_maven_cannot_deliver_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maven_that(tmp_path / "bin", "echo '[INFO] so far so good'; echo '[ERROR] no such artifact'; exit 1", monkeypatch)
    with pytest.raises(EngineError, match=r"Maven could not fetch .*: no such artifact"):
        assembled_home(tmp_path / "base", lambda _: None)
    assert [path.name for path in (tmp_path / "base").iterdir()] == [".lock"]


def test_a_fetch_cut_short_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Maven says all is well but the parts are not there."""
    maven_that(tmp_path / "bin", "exit 0", monkeypatch)
    with pytest.raises(OSError, match="dependency"):
        assembled_home(tmp_path / "base", lambda _: None)
    assert [path.name for path in (tmp_path / "base").iterdir()] == [".lock"]


def test_without_maven_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="apt-get install maven"):
        assembled_home(tmp_path / "base", lambda _: None)


def test_a_damaged_home_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    jar = tmp_path / "lib" / "a.jar"
    jar.write_bytes(b"whole")
    assert not is_whole(tmp_path)
    (tmp_path / "complete.json").write_text(json.dumps(listing(tmp_path)))
    assert is_whole(tmp_path)
    jar.write_bytes(b"who")
    assert not is_whole(tmp_path)
    jar.unlink()
    assert not is_whole(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the node as somebody else")
def test_root_does_not_put_the_node_where_its_user_cannot_go(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert reachable(closed / "base") == Path("/var/tmp/caplake-opensearch")


@pytest.mark.opensearch
@pytest.mark.slow
def test_started_found_running_and_stopped(opensearch_url: str) -> None:
    """`make opensearch` as a person uses it: start, start again, status, stop; data is there after a restart."""
    del opensearch_url  # its fixture has made sure that all parts are there
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def node(action: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lab.opensearch.local_node", action, "--port", str(port), "--heap", "256m"]
        return subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=300, check=False)

    url = f"http://127.0.0.1:{port}"
    try:
        assert node("status").returncode == 1
        first = node("start")
        assert first.returncode == 0, first.stderr
        assert f"OpenSearch runs at {url}" in first.stdout
        urllib.request.urlopen(urllib.request.Request(f"{url}/kept", method="PUT"))
        owner = next(Path("/proc").glob(f"{pid_of(port)}")).stat().st_uid if Path("/proc").exists() else 1
        assert owner != 0
        again = node("start")
        assert again.returncode == 0
        assert "starting" not in again.stdout
        assert node("status").returncode == 0
        assert node("stop").stdout == "stopped\n"
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(url, timeout=5)
        assert "no node" in node("stop").stdout
        assert node("start").returncode == 0
        assert urllib.request.urlopen(f"{url}/kept").status == 200
    finally:
        node("stop")
        subprocess.run(["rm", "-rf", str(folder_of(port))], check=True)


def folder_of(port: int) -> Path:
    return reachable(REPO / ".opensearch") / f"node-{port}"


def pid_of(port: int) -> int:
    return int(json.loads((folder_of(port) / "node.json").read_text())["pid"])


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    class Somebody(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Somebody) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [sys.executable, "-m", "lab.opensearch.local_node", "--port", str(server.server_port)]
        told = subprocess.run(
            [*command, "--home", str(tmp_path)], cwd=REPO, capture_output=True, text=True, timeout=60, check=False
        )
        server.shutdown()
    assert told.returncode == 1
    assert told.stderr == f"something else answers on port {server.server_port}: choose another with --port.\n"
