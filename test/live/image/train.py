"""Trains the model that goes into an image, as a model repository would: reads the rows it is given, saves by MLflow."""

import os

import mlflow
import pandas
from sklearn.linear_model import LogisticRegression

rows = pandas.read_parquet(os.environ["SLIPWAY_TRAINING"])
features = rows[["age", "visits"]]
classifier = LogisticRegression().fit(features, rows["high_cost"])
mlflow.sklearn.save_model(
    classifier,
    os.environ["SLIPWAY_MODEL_DIR"],
    signature=mlflow.models.infer_signature(features, classifier.predict_proba(features)[:, 1]),
    input_example=features.head(3),
    serialization_format="cloudpickle",
    pip_requirements=[],
)
