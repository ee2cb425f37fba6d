"""`caplake`: one command for operators, analysts and the curious.

Exit codes: 0 done, 1 it failed and says how to fix it, 2 wrong usage.
"""

from __future__ import annotations

import errno
import sys
from typing import Final

import typer

from caplake.commands import answers, lake, night, quarantine, review, serving, sources
from schemas.lake import LakeError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A data lake and search engine over what industrial technology firms can do.",
)
app.command("run")(night.run)
app.command("search")(answers.search)
app.command("batch")(answers.batch)
app.command("understand")(answers.understand)
app.command("evaluate")(answers.evaluate)
app.command("resolve")(review.resolve)
app.add_typer(sources.app, name="sources")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(review.app, name="review")
app.add_typer(lake.app, name="lake")
app.command("sql")(lake.sql)
app.command("serve")(serving.serve)
app.command("mcp")(serving.mcp)
app.command("status")(serving.status)


def main() -> None:
    """Run the command; a known failure prints one line that says what to do, and exits with 1."""
    try:
        app()
    except (LakeError, ValueError, OSError) as error:
        _fail(error)
    except Exception as error:
        if type(error).__name__ not in ("NightError", "SourceError", "EngineError", "EmbeddingError"):
            raise
        _fail(error)


_REMEDIES: Final = {
    errno.ENOSPC: "Make room (`caplake lake gc --keep 1` removes older snapshots), then run it again.",
    errno.EDQUOT: "Ask for more room, or make some with `caplake lake gc --keep 1`, then run it again.",
    errno.EROFS: "Mount it for writing, then run it again.",
    errno.EACCES: "Give the user that runs this the right to write there, then run it again.",
}


def _fail(error: Exception) -> None:
    remedy = _REMEDIES.get(error.errno or 0, "") if isinstance(error, OSError) else ""
    print(f"error: {str(error).rstrip('.')}. {remedy}" if remedy else f"error: {error}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
