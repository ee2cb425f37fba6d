"""`deployment.yaml`, checked: Prefect ignores keys it does not know, so a misspelt schedule would never run.

`python -m flows.deployments [FILE]` says what is wrong and exits with 1; with `--limits` it prints the commands that
limit how many runs may ask one service at once.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import inspect
import sys
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from flows.sources import load_sources


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Schedule(Strict):
    cron: str = Field(pattern=r"^\S+( \S+){4}$")
    timezone: str
    slug: str

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"no time zone {value!r}")
        return value


class ConcurrencyLimit(Strict):
    limit: int = Field(ge=1)
    collision_strategy: Literal["ENQUEUE", "CANCEL_NEW"]


class WorkPool(Strict):
    name: str
    work_queue_name: str | None = None
    job_variables: dict[str, Any] = Field(default_factory=dict)


class Deployment(Strict):
    """One deployment; its parameters must be those that the flow at `entrypoint` takes."""

    name: str
    description: str
    entrypoint: str = Field(pattern=r"^flows\.\w+\.\w+$")
    parameters: dict[str, Any]
    work_pool: WorkPool
    concurrency_limit: ConcurrencyLimit
    enforce_parameter_schema: Literal[True]
    schedules: list[Schedule] = Field(default_factory=list)
    tags: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _parameters_are_the_flows(self) -> Deployment:
        function = _flow_function(self.entrypoint)
        for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
            if name in self.parameters:
                TypeAdapter(parameter.annotation).validate_python(self.parameters[name], strict=True)
            elif parameter.default is parameter.empty:
                raise ValueError(f"{self.entrypoint} needs the parameter {name}")
        if unknown := sorted(set(self.parameters) - set(inspect.signature(function).parameters)):
            raise ValueError(f"{self.entrypoint} takes no parameter {', '.join(unknown)}")
        return self


class DeploymentFile(Strict):
    name: str
    prefect_version: str = Field(alias="prefect-version")
    pull: list[dict[str, Any]]
    definitions: dict[str, Any] = Field(default_factory=dict)
    deployments: list[Deployment] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_name_once(self) -> DeploymentFile:
        """Prefect lets the last of one flow and name win, without a word."""
        names = [(deployment.entrypoint, deployment.name) for deployment in self.deployments]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"deployed twice: {', '.join(f'{name} of {flow}' for flow, name in twice)}")
        return self


def check_deployment_file(path: Path) -> DeploymentFile:
    """Raises ValueError that names every wrong, unknown or missing key and where it stands."""
    try:
        return DeploymentFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        problems = "\n  ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError(f"{path.name}:\n  {problems}") from None


def _flow_function(entrypoint: str) -> Any:
    module, _, name = entrypoint.rpartition(".")
    if importlib.util.find_spec(module) is None:
        raise ValueError(f"no module {module}")
    found = getattr(importlib.import_module(module), name, None)
    if found is None:
        raise ValueError(f"{module} has no flow {name}")
    return found.fn


def limit_commands() -> list[str]:
    """One command a service that a source asks: by its tag, one task at a time on the whole server."""
    services = {call.service for source in load_sources() for call in source.api}
    return [f"prefect concurrency-limit create service:{service} 1" for service in sorted(services)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m flows.deployments", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=Path("deployment.yaml"))
    parser.add_argument("--limits", action="store_true", help="print the commands that limit services, no more")
    arguments = parser.parse_args()
    if arguments.limits:
        print("\n".join(limit_commands()))
        return 0
    try:
        checked = check_deployment_file(arguments.file)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.file.name}: {len(checked.deployments)} deployments, all as declared")
    return 0


if __name__ == "__main__":
    sys.exit(main())
