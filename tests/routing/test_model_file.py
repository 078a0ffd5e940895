from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import model_file
from tests.routing.models import model

WRITTEN = json.loads(model_file.write(model()))


def test_what_is_written_is_read() -> None:
    assert model_file.read(model_file.write(model())) == model()


def _base64(*numbers: bytes) -> str:
    return base64.b64encode(b"".join(numbers)).decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "deskbell-linear-9"}, "format: Input should be 'deskbell-linear-1'"),
        ({"idf": "***"}, "idf: must be base64 of 32-bit floats"),
        ({"idf": _base64(b"\x00\x00\x80")}, "idf: must be base64 of 32-bit floats"),
        ({"bias": _base64(b"\x00\x00\x80\x7f" * 3)}, "bias: must be finite numbers"),
        ({"bias": _base64(b"\x00\x00\x80\x3f" * 2)}, "bias must have 3 numbers, not 2"),
        ({"weights": _base64()}, "weights must have 9 numbers, not 0"),
        ({"classes": ["billing", "billing", "tech"]}, "must name everything once"),
        ({"classes": ["billing"]}, "classes: Tuple should have at least 2 items"),
        ({"temperature": 0}, "temperature: Input should be greater than 0"),
        ({"code": "import os"}, "code: Extra inputs are not permitted"),
    ],
)
def test_a_file_that_is_no_model_says_why(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(model_file.ModelFileError, match=message.replace("(", "\\(")):
        model_file.read(json.dumps(WRITTEN | changes).encode())


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    with pytest.raises(model_file.ModelFileError, match="larger than 64 MiB"):
        model_file.read(b" " * (model_file.LARGEST + 1))


@given(st.binary(max_size=200))
def test_no_other_bytes_are_a_model(content: bytes) -> None:
    with pytest.raises(model_file.ModelFileError):
        model_file.read(content)
