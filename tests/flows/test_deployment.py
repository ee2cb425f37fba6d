"""`deployment.yaml` deploys what it says; a key that Prefect would ignore is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from flows.deployments import check_deployment_file
from flows.sources.declaration import load_source, source_names

FILE = Path(__file__).parents[2] / "deployment.yaml"


def test_the_file_deploys_the_night_at_half_past_three_in_seoul() -> None:
    nightly = next(d for d in check_deployment_file(FILE).deployments if d.name == "nightly")
    assert [(s.cron, s.timezone) for s in nightly.schedules] == [("30 3 * * *", "Asia/Seoul")]


def test_there_is_one_deployment_for_every_enabled_source_and_one_for_every_task_of_operators() -> None:
    deployments = check_deployment_file(FILE).deployments
    alone = {d.parameters["sources"][0] for d in deployments if "sources" in d.parameters}
    assert alone == {name for name in source_names() if load_source(name).enabled}
    assert {"reindex", "rollback", "backfill", "verify"} <= {d.name for d in deployments}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["deployments"][0].update(shedules=d["deployments"][0].pop("schedules")), "shedules"),
        (lambda d: d["deployments"][0]["concurrency_limit"].update(limitt=2), "limitt"),
        (lambda d: d["deployments"][0]["parameters"].update(enigne="embedded"), "enigne"),
        (lambda d: d["deployments"][0]["parameters"].update(engine="lucene"), "engine|embedded"),
        (lambda d: d["deployments"][0].update(entrypoint="flows.scheduled.nigthly"), "nigthly"),
        (lambda d: d["deployments"][0]["schedules"][0].update(timezone="Asia/Soul"), "Asia/Soul"),
        (lambda d: d["deployments"][0]["work_pool"].update(nmae="x"), "nmae"),
        (lambda d: d.update(deploymets=d["deployments"]), "deploymets"),
        (lambda d: d.pop("pull"), "pull"),
        (lambda d: d["deployments"].append(d["deployments"][0]), "deployed twice: nightly of flows.scheduled.nightly"),
    ],
)
def test_misspelt_and_unknown_keys_are_refused_by_name(tmp_path: Path, change, said: str) -> None:
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    change(document)
    wrong = tmp_path / "deployment.yaml"
    wrong.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        check_deployment_file(wrong)
