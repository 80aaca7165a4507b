"""Scores held-out rows with an MLflow model: $SLIPWAY_FEATURES with the model in $SLIPWAY_MODEL_DIR into $SLIPWAY_PREDICTIONS.

The scores are made by the same code as the default server's, so that what is judged is what is served.
"""

import os
import sys

import pandas
from mlflow import pyfunc
from mlflow.utils.proto_json_utils import cast_df_types_according_to_schema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "serving", "python"))
from slipway_serving.model_folder import find_model  # noqa: E402 - found by the line above
from slipway_serving.refusal import Refusal  # noqa: E402
from slipway_serving.score import NoScores, RowsRefused, score, typed_rows  # noqa: E402


def main():
    model = pyfunc.load_model(model_path(os.environ["SLIPWAY_MODEL_DIR"]))
    features = pandas.read_parquet(os.environ["SLIPWAY_FEATURES"])
    rows = features.pop("slipway_row")
    try:
        scores = score(model, typed_rows(model, as_requested(model, features)))
    except RowsRefused as error:
        sys.exit(f"the model's signature refuses the held-out rows, so a server would: {error}")
    except NoScores as error:
        sys.exit(str(error))
    predictions = pandas.DataFrame({"slipway_row": rows.astype("int64"), "score": scores})
    predictions.to_parquet(os.environ["SLIPWAY_PREDICTIONS"], index=False)


def as_requested(model, features):
    """The rows as they come out of a request: JSON knows numbers only, and MLflow's parser gives each the signature's type."""
    schema = model.metadata.get_input_schema()
    return features if schema is None else cast_df_types_according_to_schema(features, schema)


def model_path(folder):
    try:
        return find_model(folder)
    except Refusal as refusal:
        sys.exit(
            f"{refusal}: save it with "
            'mlflow.<flavor>.save_model(model, os.environ["SLIPWAY_MODEL_DIR"]), or give the pipeline a predict command'
        )


if __name__ == "__main__":
    main()
