"""The program folder of a local OpenSearch node, assembled from Maven artifacts.

The folder is made aside and renamed when it is whole, and a list of its files is kept in it: a folder that
was cut short or damaged is never taken for a whole one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from search.engines.base import EngineError

OPENSEARCH_VERSION: Final = "3.5.0"
"""The newest version whose k-NN plugin is published as an artifact."""

_DEPENDENCY_PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_RECEIPT: Final = "complete.json"
_VERSIONED: Final = re.compile(r"^(?P<artifact>.+?)-\d[^/]*\.jar$")
_DOWNLOADED: Final = re.compile(r"^(?:\[INFO\] )?Downloaded from \S+ \S+/([^/\s]+\.(?:jar|zip)) ")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Part:
    """One folder of the home and the artifacts in it.

    `whole` come with their runtime dependencies, `alone` without; coordinates are
    group:artifact:version[:type]. `classname` makes the folder a module or plugin, which may need classes of
    those it `extends`.
    """

    folder: str
    whole: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    classname: str = ""
    extends: str = ""

    @property
    def name(self) -> str:
        return self.folder.rsplit("/", 1)[-1]


PARTS: Final = (
    Part(
        "lib",
        whole=(
            "org.opensearch:opensearch:3.5.0",
            "org.apache.logging.log4j:log4j-core:2.25.3",
            # 3.5.0 of the agent is not published; without it start-up ends in NoClassDefFoundError.
            "org.opensearch:opensearch-agent-bootstrap:3.6.0",
            "org.opensearch:opensearch-plugin-classloader:3.5.0",
        ),
    ),
    Part(
        "modules/transport-netty4",
        whole=("org.opensearch.plugin:transport-netty4-client:3.5.0",),
        classname="org.opensearch.transport.Netty4ModulePlugin",
    ),
    Part(
        "modules/analysis-common",
        whole=("org.opensearch.plugin:analysis-common:3.5.0",),
        classname="org.opensearch.analysis.common.CommonAnalysisModulePlugin",
    ),
    Part(
        "modules/lang-painless",
        whole=("org.opensearch.plugin:lang-painless:3.5.0",),
        classname="org.opensearch.painless.PainlessModulePlugin",
    ),
    Part(
        "plugins/analysis-nori",
        # Only this version of the plugin is published; its classes run on 3.5.0.
        alone=("org.opensearch.plugin:analysis-nori:3.8.0", "org.apache.lucene:lucene-analysis-nori:10.3.0"),
        classname="org.opensearch.plugin.analysis.nori.AnalysisNoriPlugin",
    ),
    Part(
        "plugins/opensearch-knn",
        alone=(
            "org.opensearch.plugin:opensearch-knn:3.5.0.0:zip",
            "com.google.guava:guava:33.2.1-jre",
            "com.google.guava:failureaccess:1.0.2",
            "org.opensearch.plugin:transport-grpc-spi:3.6.0",
            "org.opensearch:protobufs:1.3.0",
            "io.grpc:grpc-api:1.75.0",
        ),
        classname="org.opensearch.knn.plugin.KNNPlugin",
        extends="lang-painless",
    ),
)


def assembled_home(folder: Path, say: Say) -> Path:
    """The program folder under `folder`: reused when whole, else made (about 70 MB).

    Raises EngineError when Maven is missing or cannot deliver an artifact; nothing half-made stays.
    """
    home = folder / f"opensearch-{OPENSEARCH_VERSION}-{_fingerprint()}"
    if is_whole(home):
        return home
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # as below: whatever the umask
    with _alone_in(folder):
        return home if is_whole(home) else _assembled(home, say)


def _assembled(home: Path, say: Say) -> Path:
    if (maven := shutil.which("mvn")) is None:
        raise EngineError("a local OpenSearch node needs Maven to fetch its parts: `apt-get install maven`.")
    aside = home.with_name(f".{home.name}.tmp")
    for leftover in (aside, home):
        shutil.rmtree(leftover, ignore_errors=True)
    aside.mkdir()
    try:
        _fetch(maven, aside / "poms", say)
        for part in PARTS:
            _lay(part, aside)
        shutil.rmtree(aside / "poms")
        (aside / "bin").mkdir()  # the node wants to see one
        (aside / _RECEIPT).write_text(json.dumps(listing(aside), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        _let_others_read(aside)
        aside.rename(home)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return home


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One process at a time assembles; the lock goes with the process, however it ends."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _let_others_read(home: Path) -> None:
    """Whatever the umask: a node started by root runs as another user."""
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _fingerprint() -> str:
    return hashlib.sha256(repr(PARTS).encode()).hexdigest()[:8]


def listing(home: Path) -> dict[str, int]:
    """Size of every file of the home but the receipt itself, by its path."""
    files = (path for path in sorted(home.rglob("*")) if path.is_file() and path.name != _RECEIPT)
    return {path.relative_to(home).as_posix(): path.stat().st_size for path in files}


def is_whole(home: Path) -> bool:
    """Whether every file that was assembled is there, at its size."""
    try:
        promised = json.loads((home / _RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(promised == listing(home))


def _fetch(maven: str, poms: Path, say: Say) -> None:
    """Have Maven copy each part's artifacts to `<poms>/<part>/target/dependency`, checksums verified."""
    poms.mkdir()
    modules = "".join(f"<module>{part.name}</module>" for part in PARTS)
    (poms / "pom.xml").write_text(
        _pom("home", f"<packaging>pom</packaging><modules>{modules}</modules>"), encoding="utf-8"
    )
    for part in PARTS:
        (poms / part.name).mkdir()
        wanted = [_dependency(c, alone=False) for c in part.whole] + [_dependency(c, alone=True) for c in part.alone]
        body = f"<packaging>pom</packaging><dependencies>{''.join(wanted)}</dependencies>"
        (poms / part.name / "pom.xml").write_text(_pom(part.name, body), encoding="utf-8")
    command = [maven, "--batch-mode", "--strict-checksums", "-f", str(poms / "pom.xml"),
               f"{_DEPENDENCY_PLUGIN}:copy-dependencies", "-DincludeScope=runtime"]  # fmt: skip
    say("fetching the parts of a local OpenSearch node (about 70 MB, once)")
    told: list[str] = []
    files = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as run:
        for line in run.stdout or ():
            told.append(line.rstrip())
            if found := _DOWNLOADED.match(line):
                files += 1
                say(f"  {files:>3} {found.group(1)}")
    if run.returncode:
        reason = next((line for line in told if line.startswith("[ERROR]")), told[-1] if told else "no output")
        raise EngineError(
            f"Maven could not fetch the parts of OpenSearch {OPENSEARCH_VERSION}: "
            f"{reason.removeprefix('[ERROR] ')[:300]} "
            "Check the network and run it again; what was fetched is kept in Maven's own cache."
        )


def _pom(artifact: str, body: str) -> str:
    return (
        f"<project><modelVersion>4.0.0</modelVersion><groupId>caplake</groupId><artifactId>{artifact}</artifactId>"
        f"<version>1</version>{body}</project>\n"
    )


def _dependency(coordinates: str, *, alone: bool) -> str:
    group, artifact, version, kind = (*coordinates.split(":"), "jar")[:4]
    exclusions = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
    return (
        f"<dependency><groupId>{escape(group)}</groupId><artifactId>{escape(artifact)}</artifactId>"
        f"<version>{version}</version><type>{kind}</type>{exclusions if alone else ''}</dependency>"
    )


def _lay(part: Part, home: Path) -> None:
    """Move a part's files to its folder, leaving out what lib/ has already, and describe it."""
    target = home / part.folder
    target.mkdir(parents=True)
    in_lib = {_artifact(path) for path in (home / "lib").glob("*.jar")} if part.folder != "lib" else set()
    for path in sorted((home / "poms" / part.name / "target" / "dependency").iterdir()):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                archive.extractall(target)
        elif _artifact(path) not in in_lib and "-native-quic-" not in path.name:
            path.rename(target / path.name)
    if part.classname:
        (target / "plugin-descriptor.properties").write_text(_descriptor(part), encoding="utf-8")


def _artifact(jar: Path) -> str:
    found = _VERSIONED.match(jar.name)
    return found.group("artifact") if found else jar.name


def _descriptor(part: Part) -> str:
    values = {
        "description": part.name, "name": part.name, "classname": part.classname, "java.version": "21",
        "version": OPENSEARCH_VERSION, "opensearch.version": OPENSEARCH_VERSION,
        "has.native.controller": "false", "extended.plugins": part.extends,
    }  # fmt: skip
    return "".join(f"{key}={value}\n" for key, value in values.items())
