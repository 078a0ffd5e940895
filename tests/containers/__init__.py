"""Dockerfile and compose.yaml as the tests read them, and as much of a container as there is without Docker."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build")}


class Dockerfile:
    """The instructions of the last stage, and what all stages copy from here."""

    def __init__(self, text: str) -> None:
        self.text = text
        joined = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", text))
        instructions = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
        last = max(at for at, (name, _) in enumerate(instructions) if name == "FROM")
        self.stage = {name: rest.strip() for name, rest in instructions[last:]}
        self.env = dict(pair.split("=", 1) for pair in self.stage["ENV"].split())
        self.exposed = set(self.stage["EXPOSE"].split())
        copies = [rest for name, rest in instructions if name == "COPY" and not rest.startswith("--from=")]
        self.copied = [rest.split()[0] for rest in copies]
        self.health: list[str] = json.loads(self.stage["HEALTHCHECK"].partition("CMD ")[2])


DOCKERFILE = Dockerfile((ROOT / "Dockerfile").read_text())
