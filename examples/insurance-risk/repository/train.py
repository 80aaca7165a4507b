"""Trains the model on the rows that the pipeline hands over, and saves it where the pipeline says."""

import json
import os
import pathlib

import mlflow
import pandas
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from risk_model import build_model, chosen_features

LABEL, PERSON = "slipway_label", "slipway_cluster"


def main():
    params = json.loads(pathlib.Path(__file__).with_name("params.json").read_text())
    rows = pandas.read_parquet(os.environ["SLIPWAY_TRAINING"])
    label, person = rows.pop(LABEL).astype(int), rows.pop(PERSON)
    features = chosen_features(rows.columns, params["features"])
    # float64 throughout: a column of the held-out rows may have gaps where the training rows had none.
    rows = rows[features].astype("float64")

    with mlflow.start_run():
        mlflow.log_params({**params, "features": len(features), "rows": len(rows)})
        model = build_model(features, params)
        # Folds keep a person whole, as the held-out rows do.
        scores = cross_val_predict(model, rows, label, groups=person, cv=GroupKFold(3), method="predict_proba")[:, 1]
        mlflow.log_metric("cross_validated_auc", roc_auc_score(label, scores))
        model.fit(rows, label)
        mlflow.sklearn.save_model(
            model,
            os.environ["SLIPWAY_MODEL_DIR"],
            signature=mlflow.models.infer_signature(rows, model.predict_proba(rows)[:, 1]),
            pip_requirements=[],
            # Gradient-boosted trees are a type that the default format asks to be trusted one by one.
            serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
        )


if __name__ == "__main__":
    main()
