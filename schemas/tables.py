"""Tables beside the gold ones that have a fixed schema."""

from __future__ import annotations

import dataframely as dy

from schemas.records import QUARANTINE_COLUMNS

Quarantine: type[dy.Schema] = type("Quarantine", (dy.Schema,), dict(QUARANTINE_COLUMNS))
