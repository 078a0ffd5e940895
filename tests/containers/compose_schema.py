"""The part of the Compose Specification that compose.yaml may use, as a JSON Schema.

Written after https://github.com/compose-spec/compose-spec/blob/main/spec.md; what is not here is refused, so that a
key that is misspelt is seen.
"""

from __future__ import annotations

from typing import Any

_STRINGS = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_DURATION = {"type": "string", "pattern": r"^(\d+(h|ms|m|s))+$"}
_ENVIRONMENT = {
    "type": "object",
    "propertyNames": {"pattern": "^[A-Z][A-Z0-9_]*$"},
    # A number or a truth value may be read in another way than it was meant.
    "additionalProperties": {"type": "string"},
}


def _strict(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_HEALTHCHECK = _strict(
    {
        "test": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 2,
            "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}],
        },
        "interval": _DURATION,
        "timeout": _DURATION,
        "start_period": _DURATION,
        "retries": {"type": "integer", "minimum": 1},
    },
    "test",
)
_DEPENDS_ON = {
    "type": "object",
    "additionalProperties": _strict(
        {
            "condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]},
            "restart": {"type": "boolean"},
            "required": {"type": "boolean"},
        },
        "condition",
    ),
}
_SECRET = {
    "oneOf": [
        {"type": "string"},
        _strict({"source": {"type": "string"}, "target": {"type": "string"}}, "source"),
    ]
}
_SERVICE = _strict(
    {
        "build": {"type": "string"},
        "image": {"type": "string", "pattern": r"^[a-z0-9./-]+(:[\w.-]+)?$"},
        "profiles": _STRINGS,
        "command": {"type": "array", "items": {"type": "string"}},
        "hostname": {"type": "string"},
        "env_file": {"type": "string"},
        "environment": _ENVIRONMENT,
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "stop_grace_period": _DURATION,
        "read_only": {"type": "boolean"},
        "tmpfs": _STRINGS,
        "cap_drop": _STRINGS,
        "security_opt": _STRINGS,
        "volumes": _STRINGS,
        "ports": {
            "type": "array",
            "items": {"type": "string", "pattern": r"^(\d+\.){3}\d+:\d+(-\d+)?:\d+$"},
        },
        "secrets": {"type": "array", "items": _SECRET},
        "depends_on": _DEPENDS_ON,
        "deploy": _strict({"replicas": {"type": "integer", "minimum": 1}}),
        "healthcheck": _HEALTHCHECK,
    },
    "healthcheck",
    "restart",
) | {"anyOf": [{"required": ["image"]}, {"required": ["build"]}]}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "services": {"type": "object", "additionalProperties": _SERVICE},
        "secrets": {"type": "object", "additionalProperties": _strict({"file": {"type": "string"}}, "file")},
        "volumes": {"type": "object", "additionalProperties": {"type": "object", "maxProperties": 0}},
    },
    "patternProperties": {"^x-": {}},
    "required": ["services"],
    "additionalProperties": False,
}
