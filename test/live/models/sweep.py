"""An ordinary training script: autologging in the parent run, one child run per setting."""

import os

import mlflow
import pandas
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

training = pandas.read_parquet(os.environ["SLIPWAY_TRAINING"])
labels = training.pop("slipway_label")
training.pop("slipway_cluster")

mlflow.sklearn.autolog(log_models=False, log_datasets=False, silent=True)
with mlflow.start_run():
    scores = {}
    for strength in (0.1, 1.0, 10.0):
        with mlflow.start_run(nested=True):
            mlflow.log_param("strength", strength)
            model = LogisticRegression(C=strength)
            scores[strength] = cross_val_score(model, training, labels, scoring="roc_auc").mean()
            mlflow.log_metric("cv_auc", scores[strength])
    best = max(scores, key=scores.get)
    model = LogisticRegression(C=best).fit(training, labels)
    mlflow.log_metric("cv_auc", scores[best])
mlflow.sklearn.save_model(model, os.environ["SLIPWAY_MODEL_DIR"], serialization_format="cloudpickle")
