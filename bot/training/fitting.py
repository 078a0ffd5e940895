"""A linear model by scikit-learn, and the same as a model file."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from routing import terms
from routing.model_file import LinearModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from routing.email import InboundEmail

_MOST_TERMS = 50_000
_STRENGTH = 10.0
"""How far the weights may go; found best by cross-validation on mails of a few sentences."""


def fit(emails: Sequence[InboundEmail], queues: Sequence[str]) -> Pipeline:
    """Train; the same mails in the same order always give the same model."""
    pipeline = make_pipeline(
        TfidfVectorizer(analyzer=terms.of, sublinear_tf=True, min_df=2, max_features=_MOST_TERMS),
        LogisticRegression(C=_STRENGTH, max_iter=1_000),
    )
    return pipeline.fit(emails, queues)


def scores(pipeline: Pipeline, emails: Sequence[InboundEmail]) -> NDArray[np.float64]:
    """What softmax makes probabilities of: one row a mail, one column a class."""
    found = np.asarray(pipeline.decision_function(emails), dtype=np.float64)
    # For two classes scikit-learn has one score, that of the second.
    return np.column_stack((np.zeros_like(found), found)) if found.ndim == 1 else found


def exported(
    pipeline: Pipeline, *, temperature: float, threshold: float, about: dict[str, str | int | float]
) -> LinearModel:
    """The model as the desk reads it."""
    vectorizer, regression = pipeline[0], pipeline[-1]
    weights, bias = regression.coef_, regression.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack((np.zeros_like(weights), weights)), np.concatenate(([0.0], bias))
    return LinearModel(
        classes=tuple(map(str, pipeline.classes_)),
        threshold=threshold,
        temperature=temperature,
        vocabulary=tuple(map(str, vectorizer.get_feature_names_out())),
        idf=_floats(vectorizer.idf_),
        weights=_floats(weights),
        bias=_floats(bias),
        about=about,
    )


def _floats(numbers: NDArray[np.float64]) -> array[float]:
    return array("f", np.asarray(numbers, dtype=np.float32).tobytes())
