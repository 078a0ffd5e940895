from __future__ import annotations

from bot.intake.providers import PROVIDERS


def test_every_provider_is_known_by_its_name_and_takes_some_media_type() -> None:
    assert set(PROVIDERS) == {"mailparse", "raw"}
    for name, provider in PROVIDERS.items():
        assert provider.name == name
        assert provider.content_types
