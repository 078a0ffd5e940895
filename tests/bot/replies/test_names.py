from __future__ import annotations

import pytest

from bot.replies import names


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Maria", "Hello Maria,"),
        ("Lopez, Maria", "Hello Maria Lopez,"),
        ("Dr. Anne-Marie O'Neill", "Hello Dr. Anne-Marie O'Neill,"),
        ("अनिता", "Hello अनिता,"),
        ("", "Hello,"),
        ("maria@example.com", "Hello,"),
        ("You won! Visit evil.example", "Hello,"),
        ("Visit evil.example now", "Hello,"),
        ("http://evil.example", "Hello,"),
        ("<b>Maria</b>", "Hello,"),
        ("Maria\r\nBcc: bo", "Hello,"),
        ("x" * 61, "Hello,"),
    ],
)
def test_greeting_repeats_a_name_and_nothing_else(name: str, greeting: str) -> None:
    assert names.greeting(name) == greeting
