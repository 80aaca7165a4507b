"""Scores held-out rows with an MLflow model: $SLIPWAY_FEATURES with the model in $SLIPWAY_MODEL_DIR into $SLIPWAY_PREDICTIONS.

A binary classifier gives the probability of its greater class, any other model what it predicts.
"""

import os
import sys

import numpy
import pandas
from mlflow import pyfunc


def main():
    model_dir = find_model(os.environ["SLIPWAY_MODEL_DIR"])
    features = pandas.read_parquet(os.environ["SLIPWAY_FEATURES"])
    rows = features.pop("slipway_row")
    scores = score(pyfunc.load_model(model_dir), features)
    if len(scores) != len(rows):
        sys.exit(f"the model gave {len(scores)} scores for {len(rows)} rows")
    predictions = pandas.DataFrame({"slipway_row": rows.astype("int64"), "score": scores})
    predictions.to_parquet(os.environ["SLIPWAY_PREDICTIONS"], index=False)


def find_model(folder):
    """The folder itself, or its only sub-folder that holds an MLflow model."""
    if os.path.exists(os.path.join(folder, "MLmodel")):
        return folder
    found = [entry.path for entry in os.scandir(folder) if os.path.exists(os.path.join(entry.path, "MLmodel"))]
    if len(found) != 1:
        sys.exit(
            f"{len(found)} MLflow models (a file MLmodel) in the model folder, one is needed: save it with "
            'mlflow.<flavor>.save_model(model, os.environ["SLIPWAY_MODEL_DIR"]), or give the pipeline a predict command'
        )
    return found[0]


def score(model, features):
    names = model.metadata.get_input_schema().input_names() if model.metadata.get_input_schema() else []
    if names:
        missing = sorted(set(names) - set(features.columns))
        if missing:
            sys.exit("the model's signature asks for columns that are no features: " + ", ".join(missing))
        features = features[names]
    classifier = raw_model(model)
    if hasattr(classifier, "predict_proba"):
        return positive_column(classifier.predict_proba(features))
    answer = model.predict(features)
    values = answer.to_numpy() if hasattr(answer, "to_numpy") else numpy.asarray(answer)
    return positive_column(values) if values.ndim == 2 and values.shape[1] > 1 else values.reshape(-1).astype(float)


def positive_column(probabilities):
    if probabilities.ndim != 2 or probabilities.shape[1] != 2:
        sys.exit(f"probabilities of shape {probabilities.shape}: a binary classifier gives two columns")
    return numpy.asarray(probabilities)[:, 1].astype(float)


def raw_model(model):
    """The model as it was saved; flavors that have none say so by an exception."""
    try:
        return model.get_raw_model()
    except Exception:  # noqa: BLE001 - MLflow has no narrower one for this
        return None


if __name__ == "__main__":
    main()
