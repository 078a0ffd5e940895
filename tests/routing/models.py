"""A small model, written by hand."""

from __future__ import annotations

from array import array
from typing import Any

from routing.model_file import LinearModel


def model(**changes: Any) -> LinearModel:
    """It knows `refund` for billing and `parcel` for orders."""
    return LinearModel.model_validate(
        {
            "classes": ("billing", "orders", "tech"),
            "threshold": 0.8,
            "temperature": 1.0,
            "vocabulary": ("refund", "parcel", "subject: refund"),
            "idf": array("f", [1.0, 1.0, 1.0]),
            "weights": array("f", [4.0, -2.0, 4.0, -2.0, 4.0, -2.0, 0.0, 0.0, 0.0]),
            "bias": array("f", [0.0, 0.0, 0.0]),
        }
        | changes
    )
