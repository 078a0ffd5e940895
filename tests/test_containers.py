"""Dockerfile, compose.yaml and the program agree; tests/acceptance/test_containers.py runs what they say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
from packaging.requirements import Requirement
from typer.main import get_command

from bot.cli import app
from bot.settings import Settings
from tests.containers import COMPOSE, DOCKERFILE, OURS, ROOT, SERVICES
from tests.containers.compose_schema import SCHEMA

COMMANDS = get_command(app).commands  # type: ignore[attr-defined] # a group has commands


def test_compose_keeps_to_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(COMPOSE)] == []


def test_a_misspelt_key_is_seen() -> None:
    wrong = COMPOSE | {"services": {"web": SERVICES["web"] | {"healtcheck": {}}}}
    with pytest.raises(jsonschema.ValidationError, match="healtcheck"):
        jsonschema.validate(wrong, SCHEMA)


def test_everything_that_is_named_is_there() -> None:
    for service in SERVICES.values():
        mounts = [mount.split(":")[0] for mount in service.get("volumes", ())]
        assert {name for name in mounts if not name.startswith(".")} <= COMPOSE["volumes"].keys()
        assert all((ROOT / name).exists() for name in mounts if name.startswith("."))
        secrets = [one if isinstance(one, str) else one["source"] for one in service.get("secrets", ())]
        assert set(secrets) <= COMPOSE["secrets"].keys()
        files = [value for value in service.get("environment", {}).values() if "/run/secrets/" in value]
        assert {Path(value).name for value in files} <= set(secrets)
        for other in service.get("depends_on", {}):
            assert SERVICES[other]["healthcheck"]["test"]


def test_by_default_one_container_runs_and_in_the_scale_profile_two_of_each() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["deskbell"]
    scaled = {name: service for name, service in SERVICES.items() if service.get("profiles") == ["scale"]}
    assert scaled.keys() == {"web", "worker", "postgres", "rabbitmq"}
    assert {name: service.get("deploy", {}).get("replicas", 1) for name, service in scaled.items()} == {
        "web": 2,
        "worker": 2,
        "postgres": 1,
        "rabbitmq": 1,
    }


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_containers_is_one_that_the_program_knows(name: str) -> None:
    service = OURS[name]
    (command,) = service["command"]
    assert command in COMMANDS
    fields = {field.upper() for field in Settings.model_fields}
    assert {key.removesuffix("_FILE") for key in service["environment"]} <= fields
    (port,) = re.findall(r"127\.0\.0\.1:(\d+)/healthz", service["healthcheck"]["test"][-1])
    variable = "DESKBELL_WORKER_PORT" if command == "worker" else "DESKBELL_PORT"
    assert port == service["environment"][variable] == DOCKERFILE.env[variable]
    assert {published.rpartition(":")[2] for published in service.get("ports", ())} <= {port}
    published = [published.split(":")[1] for published in service.get("ports", ())]
    for first, _, last in (ports.partition("-") for ports in published):
        replicas = service.get("deploy", {}).get("replicas", 1)
        assert int(last or first) - int(first) + 1 == replicas, "each replica needs a port of this machine"
    assert f"deskbell:{DOCKERFILE.stage['WORKDIR']}" in service["volumes"]
    config = service["environment"]["DESKBELL_CONFIG"]
    assert f"./support.yaml:{config}:ro" in service["volumes"]
    assert config == DOCKERFILE.env["DESKBELL_CONFIG"]


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_containers_may_do_little(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108 - the only place that may be written to besides the volume
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["stop_grace_period"].removesuffix("s")) > 25


def test_the_image_holds_what_it_needs_and_no_more() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert set(DOCKERFILE.copied) == let_in
    assert all((ROOT / name).exists() for name in let_in)
    user, _, group = DOCKERFILE.stage["USER"].partition(":")
    assert int(user) > 0
    assert int(group) > 0
    assert DOCKERFILE.stage["VOLUME"] == DOCKERFILE.stage["WORKDIR"]
    settings_of_image = {key for key in DOCKERFILE.env if key.startswith(("DESKBELL_", "DATABASE_"))}
    assert {key.lower() for key in settings_of_image} <= Settings.model_fields.keys()
    assert DOCKERFILE.exposed == {DOCKERFILE.env["DESKBELL_PORT"], DOCKERFILE.env["DESKBELL_WORKER_PORT"]}
    assert DOCKERFILE.stage["ENTRYPOINT"] == '["deskbell"]'
    assert DOCKERFILE.stage["CMD"] == '["run"]'
    assert DOCKERFILE.health == SERVICES["deskbell"]["healthcheck"]["test"][1:]
    assert 'exec python -m bot "$@"' in DOCKERFILE.text, "what the command is"


def test_the_image_is_pinned_by_hashes() -> None:
    assert "--require-hashes" in DOCKERFILE.text
    lock = (ROOT / "requirements-container.lock").read_text()
    assert "://" not in lock, "no registry's address"
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+).*(?:\\|;.*)$", lock, re.MULTILINE))
    assert len(
        re.findall(r"^[\w.-]+==(?:.*\\\n)(?:\s+--hash=sha256:[0-9a-f]{64})", lock, re.MULTILINE)
    ) == len(re.findall(r"^[\w.-]+==", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"]]
    for extra in ("postgres", "rabbitmq", "sqs", "kafka", "attachments"):
        needed += extras[extra]
    for requirement in map(Requirement, needed):
        assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement
