"""The one clock: the day in Seoul, deadlines, names in order, and the linter's rule that there is no other."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas import clock
from schemas.lake import Lake, LakeError
from schemas.lake.layout import moment_of, name_after, timestamp
from schemas.lake.lock import EXPIRY_SECONDS, locked
from schemas.lake.pins import PIN_SECONDS, pin, pinned
from tests.clock import clock_at

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-12-31T145959Z", date(2026, 12, 31)),
        ("2026-12-31T150000Z", date(2027, 1, 1)),
        ("2026-12-31T235959Z", date(2027, 1, 1)),
        ("2028-02-28T150000Z", date(2028, 2, 29)),
        ("2028-02-29T150000Z", date(2028, 3, 1)),
    ],
)
def test_a_day_begins_in_seoul(moment: str, day: date) -> None:
    with clock_at(moment):
        assert clock.today() == day
        assert timestamp() == moment


def test_a_moment_is_aware_of_its_zone_whatever_zone_the_machine_has() -> None:
    code = "from schemas import clock; print(clock.now().isoformat(), clock.today())"
    told = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=REPOSITORY, env={"TZ": zone}, capture_output=True, text=True, check=True
        ).stdout.split()
        for zone in ("UTC", "America/Los_Angeles", "Asia/Seoul")
    ]
    assert all(moment.endswith("+00:00") for moment, _ in told)
    moments = [datetime.fromisoformat(moment) for moment, _ in told]
    assert (max(moments) - min(moments)).total_seconds() < 60
    assert [day for _, day in told] == [clock.day_in_seoul(moment).isoformat() for moment in moments]


@pytest.mark.calendar
def test_a_name_comes_after_the_newest_one_wherever_the_clock_stands() -> None:
    assert name_after(None) == timestamp()
    for newest in ("2020-01-01T000000Z", timestamp(), "2037-12-31T235959Z", "2028-02-28T235959Z"):
        assert name_after(newest) > newest


@pytest.mark.parametrize(
    ("newest", "name"),
    [
        ("2027-12-31T235958Z", "2027-12-31T235959Z"),
        ("2027-12-31T235959Z", "2028-01-01T000000Z"),
        ("2028-02-28T235959Z", "2028-02-29T000000Z"),
    ],
)
def test_a_name_is_a_second_after_one_that_the_clock_has_not_passed(newest: str, name: str) -> None:
    with clock_at("2027-12-31T235959Z"):
        assert name_after(newest) == name


def test_a_name_that_is_no_time_is_refused() -> None:
    assert moment_of("2028-02-29T000000Z") == datetime(2028, 2, 29, tzinfo=UTC)
    with pytest.raises(ValueError, match="out of range"):
        moment_of("2027-02-29T000000Z")


def held_elsewhere(lake: Lake, until: float) -> None:
    lake.write_json("lock.json", {"pid": 1, "host": "another", "until": until})


@pytest.mark.calendar
@pytest.mark.parametrize(("seconds", "holds"), [(1, True), (-1, False), (2 * EXPIRY_SECONDS + 60, False)])
def test_a_lock_of_another_host_holds_until_its_time_and_never_for_years(
    tmp_path: Path, seconds: float, holds: bool
) -> None:
    """One that ends in years was left by a host whose clock ran ahead."""
    lake = Lake(str(tmp_path))
    held_elsewhere(lake, clock.seconds() + seconds)
    if holds:
        with pytest.raises(LakeError, match="holds the lake"), locked(lake):
            pass
    else:
        with locked(lake):
            pass


@pytest.mark.calendar
def test_a_pin_lapses_by_itself(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    pin(lake, "2026-01-01T000000Z", "reader")
    pin(lake, "2026-01-02T000000Z", "reader", seconds=-1)
    pin(lake, "2026-01-03T000000Z", "reader", seconds=10 * 365 * 86_400)
    assert pinned(lake) == {"2026-01-01T000000Z"}
    assert lake.names("pins") == ["2026-01-01T000000Z.reader.json"]


def test_a_pin_lapses_to_the_second(tmp_path: Path) -> None:
    lake, made = Lake(str(tmp_path)), moment_of("2027-12-31T235900Z")
    with clock_at(made):
        pin(lake, "2026-01-01T000000Z", "reader")
    with clock_at(datetime.fromtimestamp(made.timestamp() + PIN_SECONDS - 1, UTC)):
        assert pinned(lake)
    with clock_at(datetime.fromtimestamp(made.timestamp() + PIN_SECONDS, UTC)):
        assert not pinned(lake)


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime, UTC\nx = datetime.now(UTC)\n",
        "import datetime as d\nx = d.datetime.now(d.UTC)\n",
        "from datetime import date\nx = date.today()\n",
        "from datetime import datetime\nx = datetime.utcnow()\n",
        "from datetime import datetime\nx = map(str, [datetime.now])\n",
        "import time\nx = time.time()\n",
        "from time import time\nx = time()\n",
        "import time\nx = time.time_ns()\n",
        "import time\nx = time.strftime('%Y')\n",
        "import time\nx = time.localtime()\n",
    ],
)
@pytest.mark.parametrize("room", ["schemas/lake", "transforms", "search/web", "flows/fetch", "caplake", "tests/flows"])
def test_the_linter_refuses_every_other_clock(code: str, room: str) -> None:
    assert refused(code, f"{room}/anything.py")


def test_the_linter_lets_durations_be_measured_and_the_clock_be_the_clock() -> None:
    assert not refused("import time\nx = time.monotonic() + time.perf_counter()\n", "flows/anything.py")
    assert not refused((REPOSITORY / "schemas/clock.py").read_text(encoding="utf-8"), "schemas/clock.py")


def refused(code: str, path: str) -> bool:
    """Does ruff, as this repository sets it, refuse the code for its clock?"""
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "check", "--quiet", "--no-cache", "--select", "DTZ,TID251", "--stdin-filename", path, "-"],
        input=code, cwd=REPOSITORY, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 1
