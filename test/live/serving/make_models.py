"""Saves the models that the default server is tried with, each into a folder of its own below argv[1], and rows to score."""

import json
import os
import sys

import mlflow
import numpy
import pandas
from mlflow.types import ColSpec, Schema
from sklearn.linear_model import LinearRegression, LogisticRegression

INTO = sys.argv[1]


class Told(mlflow.pyfunc.PythonModel):
    """Does what a row tells it: waits until a file is there, raises, or gives something that is no score."""

    def predict(self, context, model_input, params=None):
        import os
        import time

        for path in model_input["until"]:
            while path != "" and not os.path.exists(path):
                time.sleep(0.01)
        if (model_input["x"] < 0).any():
            raise RuntimeError(f"cannot predict {model_input['x'].tolist()}")
        return model_input["x"].to_numpy()


def main():
    random = numpy.random.default_rng(7)
    rows = pandas.DataFrame({"age": random.normal(40, 12, 400), "visits": random.integers(0, 9, 400)})
    classes = (rows.age + 3 * rows.visits + random.normal(0, 9, 400) > 55).astype(int)
    classifier = LogisticRegression().fit(rows, classes)
    signature = mlflow.models.infer_signature(rows, classifier.predict_proba(rows)[:, 1])
    save(mlflow.sklearn, "classifier", classifier, signature=signature, input_example=rows.head(3))
    regression = LinearRegression().fit(rows, rows.age * 2)
    save(mlflow.sklearn, "regression", regression, signature=signature)
    told = mlflow.models.ModelSignature(Schema([ColSpec("double", "x"), ColSpec("string", "until")]))
    mlflow.pyfunc.save_model(os.path.join(INTO, "told"), python_model=Told(), signature=told, pip_requirements=[])
    held_out = rows.sample(60, random_state=3).reset_index(drop=True)
    held_out.to_json(os.path.join(INTO, "rows.json"), orient="split", index=False, double_precision=15)
    # What travels as JSON is what is compared: 15 digits are not always the double that was there before.
    held_out = pandas.read_json(os.path.join(INTO, "rows.json"), orient="split", precise_float=True)
    # What scikit-learn itself says, with nothing of MLflow's or Slipway's in between.
    expected = {"classifier": classifier.predict_proba(held_out)[:, 1], "regression": regression.predict(held_out)}
    for name, scores in expected.items():
        with open(os.path.join(INTO, f"{name}.json"), "w") as file:
            json.dump(scores.tolist(), file)
    held_out.insert(0, "slipway_row", range(len(held_out)))
    held_out.to_parquet(os.path.join(INTO, "features.parquet"))


def save(flavor, name, model, **more):
    path = os.path.join(INTO, name)
    flavor.save_model(model, path, serialization_format="cloudpickle", pip_requirements=[], **more)


main()
