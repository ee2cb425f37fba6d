"""A real OpenSearch node on this machine, without a container engine: `python -m lab.opensearch.local_node`.

The node listens on loopback only, without TLS or users: it is for development and tests. Production uses the
official image (compose.yaml) or a managed cluster.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from lab.opensearch.node_home import Say, assembled_home
from search.engines.base import EngineError

DEFAULT_PORT: Final = 9200
DEFAULT_HEAP: Final = "512m"
_OLDEST_JAVA: Final = 21
_READY_SECONDS: Final = 180
_STOP_SECONDS: Final = 30
_UNPRIVILEGED: Final = "nobody"
_SHARED_BASE: Final = Path("/var/tmp/caplake-opensearch")  # noqa: S108
"""Where root puts the node when the wanted folder is closed to the user that the node runs as."""

_LOGGING: Final = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


@dataclass(frozen=True)
class Node:
    """A node that was started: its address, process and folder (config, data, logs)."""

    url: str
    pid: int
    folder: str


def java_home(places: Iterable[Path] | None = None) -> Path:
    """A Java of version 21 or newer: JAVA_HOME, the path's, or one in the usual places.

    Raises EngineError when there is none. A runtime without locale data is passed over: a node on it starts,
    and then fails at the first index.
    """
    for place in _java_places() if places is None else places:
        if _java_version(place) >= _OLDEST_JAVA:
            return place
    raise EngineError(
        f"a local OpenSearch node needs Java {_OLDEST_JAVA} or newer: install one (Debian: "
        "openjdk-21-jdk-headless or a Temurin package), or set JAVA_HOME to it."
    )


def _java_places() -> Iterator[Path]:
    if given := os.environ.get("JAVA_HOME"):
        yield Path(given)
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve().parent.parent
    for pattern in ("usr/lib/jvm/*", "opt/*", "Library/Java/JavaVirtualMachines/*/Contents/Home"):
        yield from sorted(Path("/").glob(pattern))


def _java_version(home: Path) -> int:
    """Major version of a usable Java home, 0 where it is none."""
    try:
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    modules = re.search(r'^MODULES="(.*)"', release, re.M)
    version = re.search(r'^JAVA_VERSION="(\d+)', release, re.M)
    if version is None or not (home / "bin" / "java").exists():
        return 0
    return int(version.group(1)) if modules is None or "jdk.localedata" in modules.group(1) else 0


def start(
    base: Path,
    folder: Path,
    *,
    port: int = 0,
    heap: str = DEFAULT_HEAP,
    say: Say = print,
    settings: Mapping[str, Any] | None = None,
) -> Node:
    """Start a node whose program lies under `base` and whose data under `folder`; returns when it answers.

    Port 0 takes a free one. `settings` replace those of a node that stands alone; None leaves one out.
    Raises EngineError, with what the node said, when it does not come up.
    """
    java = java_home() / "bin" / "java"
    home = assembled_home(base, say)
    config = _configured(folder, port, settings or {})
    command = [
        str(java), f"-Xms{heap}", f"-Xmx{heap}", "-XX:+UseSerialGC",
        "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
        f"-Djava.io.tmpdir={folder / 'tmp'}", f"-Dopensearch.path.home={home}",
        f"-Dopensearch.path.conf={config}", "-cp", f"{home}/lib/*", "org.opensearch.bootstrap.OpenSearch",
    ]  # fmt: skip
    say(f"starting OpenSearch with {java.parent.parent.name}, heap {heap}")
    with (folder / "logs" / "node.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}, start_new_session=True,
            **_identity(folder),
        )  # fmt: skip
    try:
        node = Node(_ready_url(process, folder, say), process.pid, str(folder))
        (folder / "node.json").write_text(json.dumps(asdict(node)) + "\n", encoding="utf-8")
    except BaseException:
        process.kill()
        process.wait()
        raise
    return node


def stop(node: Node) -> None:
    """Stop a node: asked first, forced after half a minute. A node that is gone already is no error."""
    for wanted in (signal.SIGTERM, signal.SIGKILL):
        if not _is_alive(node):
            break
        os.kill(node.pid, wanted)
        _wait_until_gone(node)
    (Path(node.folder) / "node.json").unlink(missing_ok=True)


@contextmanager
def running_node(base: Path | None = None, *, heap: str = DEFAULT_HEAP, say: Say = print) -> Iterator[Node]:
    """A node on a free port with its data in a temporary folder; both are gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="caplake-opensearch-"))
    try:
        node = start(reachable(base or Path(".opensearch")), folder, heap=heap, say=say)
        try:
            yield node
        finally:
            stop(node)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def running_at(folder: Path) -> Node | None:
    """The node that was started in this folder, if it still runs."""
    try:
        node = Node(**json.loads((folder / "node.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return node if _is_alive(node) else None


def reachable(base: Path) -> Path:
    """`base` made absolute; for root, a folder elsewhere when the node's user could not enter it."""
    base = base.resolve()
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in (base, *base.parents) if parent.exists()):
        return base
    _SHARED_BASE.mkdir(mode=0o755, exist_ok=True)
    if _SHARED_BASE.stat().st_uid != 0 or _SHARED_BASE.is_symlink():
        raise EngineError(f"{_SHARED_BASE} belongs to somebody else; name another folder with --home.")
    return _SHARED_BASE


def _identity(folder: Path) -> dict[str, Any]:
    """Whom the process runs as: OpenSearch refuses root, so root hands the folder to an unprivileged user."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(_UNPRIVILEGED)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _configured(folder: Path, port: int, more: Mapping[str, Any]) -> Path:
    """Write the configuration; data that is there already is kept."""
    settings: dict[str, Any] = {
        "cluster.name": "caplake-local", "node.name": "local", "discovery.type": "single-node",
        "network.host": "127.0.0.1", "http.port": port, "transport.port": 0, "node.portsfile": True,
        "path.data": str(folder / "data"), "path.logs": str(folder / "logs"),
        # A laptop's disk is often nearly full; a local index is small and should not turn read-only for it.
        "cluster.routing.allocation.disk.threshold_enabled": False,
        # A slip in an index's name should be an error, not a new index with a guessed mapping.
        "action.auto_create_index": False,
    }  # fmt: skip
    settings = {key: value for key, value in {**settings, **more}.items() if value is not None}
    for name in ("config", "data", "logs", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "logs" / "http.ports").unlink(missing_ok=True)
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items())
    (folder / "config" / "opensearch.yml").write_text(lines, encoding="utf-8")
    (folder / "config" / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
    return folder / "config"


def _ready_url(process: subprocess.Popen[bytes], folder: Path, say: Say) -> str:
    started = time.monotonic()
    told = 0.0
    while (seconds := time.monotonic() - started) < _READY_SECONDS:
        if process.poll() is not None:
            raise EngineError(f"OpenSearch did not start: {_complaint(folder)} (all of it: {folder}/logs/node.log)")
        if (url := _bound(folder)) and _answers(url):
            say(f"ready after {seconds:.0f} s")
            return url
        if seconds - told >= 3:
            told = seconds
            say(f"  waiting for it to answer ({seconds:.0f} s)")
        time.sleep(0.2)
    raise EngineError(f"OpenSearch did not answer within {_READY_SECONDS} s: {_complaint(folder)}")


def _bound(folder: Path) -> str | None:
    """The address it bound, which it writes to a file of its own."""
    try:
        lines = (folder / "logs" / "http.ports").read_text(encoding="utf-8").split()
    except OSError:
        return None
    return next((f"http://{line}" for line in lines if line.startswith("127.0.0.1:")), None)


def _answers(url: str) -> bool:
    try:
        wanted = f"{url}/_cluster/health?wait_for_status=yellow&timeout=5s"
        with urllib.request.urlopen(wanted, timeout=10) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _complaint(folder: Path) -> str:
    """The line of the log that says what is wrong, or the last one."""
    lines = (folder / "logs" / "node.log").read_text(encoding="utf-8", errors="replace").splitlines()
    telling = [line for line in lines if "Exception:" in line or "Error:" in line]
    return (telling or lines or ["it said nothing"])[-1 if not telling else 0].strip()[:300]


def _is_alive(node: Node) -> bool:
    """Whether the process is there and is this node: a process id is used again after a reboot."""
    with suppress(ChildProcessError):
        os.waitpid(node.pid, os.WNOHANG)
    listing = Path(f"/proc/{node.pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            said = listing.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
    else:
        told = ["ps", "-ww", "-o", "args=", "-p", str(node.pid)]
        said = subprocess.run(told, capture_output=True, text=True, check=False).stdout
    return f"{node.folder}/config" in said


def _wait_until_gone(node: Node) -> None:
    limit = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < limit and _is_alive(node):
        time.sleep(0.1)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.opensearch.local_node", description=__doc__)
    parser.add_argument("action", nargs="?", choices=("start", "stop", "status"), default="start")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="HTTP port on 127.0.0.1 (default: %(default)s)")
    parser.add_argument(
        "--home", type=Path, default=Path(".opensearch"), help="program and data (default: %(default)s)"
    )
    parser.add_argument("--heap", default=DEFAULT_HEAP, help="memory of the JVM's heap (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        base = reachable(options.home)
        folder = base / f"node-{options.port}"
        return {"start": _start, "stop": _stop, "status": _status}[options.action](base, folder, options)
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1


def _start(base: Path, folder: Path, options: argparse.Namespace) -> int:
    if (node := running_at(folder)) is None:
        if _answers(f"http://127.0.0.1:{options.port}"):
            raise EngineError(f"something else answers on port {options.port}: choose another with --port.")
        node = start(base, folder, port=options.port, heap=options.heap, say=lambda line: print(line, flush=True))
    print(f"OpenSearch runs at {node.url}, data in {node.folder}/data")
    print(f"stop it with: python -m lab.opensearch.local_node stop --port {options.port}")
    if node.url != f"http://127.0.0.1:{DEFAULT_PORT}":
        print(f"search it with: CAPLAKE_OPENSEARCH_URL={node.url} caplake search ... --engine opensearch")
    return 0


def _stop(base: Path, folder: Path, options: argparse.Namespace) -> int:
    if (node := running_at(folder)) is None:
        print(f"no node of {base} runs on port {options.port}")
        return 0
    stop(node)
    print("stopped")
    return 0


def _status(base: Path, folder: Path, options: argparse.Namespace) -> int:
    node = running_at(folder)
    print(f"OpenSearch runs at {node.url}" if node else f"no node of {base} runs on port {options.port}")
    return 0 if node else 1


if __name__ == "__main__":
    sys.exit(main())
