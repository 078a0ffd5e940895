"""The file of a trained model: JSON with its arrays as base64 of little-endian float32. Nothing in it is run."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import sys
from array import array
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    model_validator,
)

LARGEST: Final = 64 * 1024 * 1024
"""Bytes; a model of 50,000 terms and ten queues has about four million."""


class ModelFileError(ValueError):
    """The file is no model; says why."""


def _floats(value: Any) -> array[float]:
    if isinstance(value, array):
        return value
    try:
        data = base64.b64decode(value, validate=True)
        numbers = array("f", data)
    except (TypeError, ValueError, binascii.Error) as error:
        raise ValueError("must be base64 of 32-bit floats") from error
    if sys.byteorder == "big":
        numbers.byteswap()
    if not all(map(math.isfinite, numbers)):
        raise ValueError("must be finite numbers")
    return numbers


def _encoded(numbers: Sequence[float]) -> str:
    copy = array("f", numbers)
    if sys.byteorder == "big":
        copy.byteswap()
    return base64.b64encode(copy.tobytes()).decode("ascii")


Floats = Annotated[Sequence[float], PlainValidator(_floats), PlainSerializer(_encoded)]


class LinearModel(BaseModel):
    """A linear model over tf-idf of terms."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    format: Literal["deskbell-linear-1"] = "deskbell-linear-1"
    classes: tuple[str, ...] = Field(min_length=2)
    """Ids of queues."""
    threshold: float = Field(gt=0)
    """From this probability on a guess decides; above 1 it never does."""
    temperature: float = Field(gt=0)
    """Scores are divided by it, so that a probability of 0.8 is right in 8 of 10 mails."""
    vocabulary: tuple[str, ...]
    idf: Floats
    """By term."""
    weights: Floats
    """By class, and in it by term."""
    bias: Floats
    """By class."""
    about: dict[str, str | int | float] = Field(default_factory=dict)
    """How it was trained, for people."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len(set(self.classes)) != len(self.classes) or len(set(self.vocabulary)) != len(self.vocabulary):
            raise ValueError("classes and vocabulary must name everything once")
        terms, classes = len(self.vocabulary), len(self.classes)
        lengths = {
            "idf": (self.idf, terms),
            "weights": (self.weights, terms * classes),
            "bias": (self.bias, classes),
        }
        for name, (numbers, wanted) in lengths.items():
            if len(numbers) != wanted:
                raise ValueError(f"{name} must have {wanted} numbers, not {len(numbers)}")
        return self

    @cached_property
    def name(self) -> str:
        """How decisions name the model: another one for another content."""
        return f"linear:{hashlib.sha256(write(self)).hexdigest()[:12]}"


def write(model: LinearModel) -> bytes:
    """The content of the file: the same for equal models."""
    return model.model_dump_json(indent=1).encode()


def read(content: bytes) -> LinearModel:
    """Check a file's content.

    Raises:
        ModelFileError: it is too large, or no model of this format.
    """
    if len(content) > LARGEST:
        raise ModelFileError(f"larger than {LARGEST // 1024 // 1024} MiB")
    try:
        return LinearModel.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"]))
        message = str(fault.get("ctx", {}).get("error", fault["msg"]))
        raise ModelFileError(f"{place}: {message}" if place else message) from error
