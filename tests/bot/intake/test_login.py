from __future__ import annotations

import base64

import pytest

from bot.intake import login
from bot.intake.signature import SignatureInvalidError


def basic(credentials: str, scheme: str = "Basic") -> dict[str, str]:
    return {"Authorization": f"{scheme} {base64.b64encode(credentials.encode()).decode()}"}


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_user_and_password_are_accepted(scheme: str) -> None:
    login.verify(basic("hook:pässword:with colons", scheme), ["old:one", "hook:pässword:with colons"])


def test_secret_header_is_accepted() -> None:
    login.verify({"X-Webhook-Secret": "a-secret"}, ["user:password", "a-secret"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Basic"},
        {"Authorization": "Basic ="},
        {"Authorization": "Bearer hook:password"},
        basic("hook:password", "Bearer"),
        basic("hook:"),
        basic("a-secret"),
        {"X-Webhook-Secret": "hook:password"},
        {"X-Webhook-Secret": ""},
        {"X-Webhook-Secret": "\udcff"},
    ],
)
def test_everything_else_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureInvalidError):
        login.verify(headers, ["hook:password", "a-secret"])


def test_an_empty_secret_lets_nobody_in() -> None:
    with pytest.raises(SignatureInvalidError):
        login.verify({"X-Webhook-Secret": ""}, [""])
