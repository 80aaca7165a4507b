"""From rows to scores: the one way, for the gate that judges a model and for the server that serves it.

A binary classifier gives the probability of its greater class, any other model what it predicts.
"""

import numpy
from mlflow.models.utils import _enforce_schema


class RowsRefused(Exception):
    """The rows are not what the model's signature asks for."""


class NoScores(Exception):
    """What the model gave are no scores."""


def typed_rows(model, rows):
    """The rows with the columns, order and types of the model's signature; as they are where it has none.

    Raises RowsRefused.
    """
    schema = model.metadata.get_input_schema()
    if schema is None:
        return rows
    try:
        # What pyfunc's own predict does before it calls a model. MLflow's public `validate_schema` drops the converted rows.
        return _enforce_schema(rows, schema)
    except Exception as error:  # noqa: BLE001 - MLflow, pandas and numpy each raise their own
        raise RowsRefused(str(error)) from error


def score(model, rows):
    """One finite or infinite number per row of what `typed_rows` gave, as a float64 array.

    Raises NoScores, and whatever the model raises.
    """
    classifier = raw_model(model)
    if hasattr(classifier, "predict_proba"):
        scores = positive_column(numpy.asarray(classifier.predict_proba(rows)))
    else:
        answer = model.predict(rows)
        values = answer.to_numpy() if hasattr(answer, "to_numpy") else numpy.asarray(answer)
        scores = positive_column(values) if values.ndim == 2 and values.shape[1] > 1 else values.reshape(-1)
    try:
        scores = scores.astype(float)
    except (TypeError, ValueError):
        raise NoScores("the model predicts something else than numbers") from None
    if len(scores) != row_count(rows):
        raise NoScores(f"the model gave {len(scores)} scores for {row_count(rows)} rows")
    return scores


def row_count(rows):
    """Rows of a data frame or a tensor; of several named tensors, those of the first."""
    if isinstance(rows, dict):
        return len(next(iter(rows.values()), ()))
    return len(rows)


def positive_column(probabilities):
    if probabilities.ndim != 2 or probabilities.shape[1] != 2:
        raise NoScores(f"probabilities of shape {probabilities.shape}: a binary classifier gives two columns")
    return probabilities[:, 1]


def raw_model(model):
    """The model as it was saved; flavors that have none say so by an exception."""
    try:
        return model.get_raw_model()
    except Exception:  # noqa: BLE001 - MLflow has no narrower one for this
        return None
