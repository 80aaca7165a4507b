"""Writes one MLmodel per case with real MLflow, and prints what MLflow itself says of each signature."""

import json
import pathlib
import sys

import numpy
import pandas
from mlflow.models import Model, ModelSignature, infer_signature
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import Array, Object, Property

frame = pandas.DataFrame(
    {
        "age": numpy.array([1, 2], dtype="int32"),
        "visits": numpy.array([1, 2], dtype="int64"),
        "income": [1.5, 2.5],
        "plan": ["a", "b"],
        "insured": [True, False],
        "since": pandas.to_datetime(["2026-01-01", "2026-01-02"]),
    }
)
CASES = {
    "frame": infer_signature(frame, numpy.array([0.1, 0.2])),
    "optional": ModelSignature(
        Schema([ColSpec(DataType.double, "income"), ColSpec(DataType.string, "plan", required=False)]),
        Schema([ColSpec(DataType.double, "score")]),
    ),
    "tensor": infer_signature(numpy.zeros((2, 3), dtype="float32"), numpy.zeros((2, 1))),
    "nested": ModelSignature(
        Schema(
            [
                ColSpec(Array(DataType.double), "history"),
                ColSpec(Object([Property("city", DataType.string)]), "address"),
            ]
        ),
        Schema([ColSpec(DataType.long)]),
    ),
    "none": None,
}

top = pathlib.Path(sys.argv[1])
told = {}
for name, signature in CASES.items():
    (top / name).mkdir(parents=True)
    Model(signature=signature).save(str(top / name / "MLmodel"))
    told[name] = None if signature is None else {
        side: [{"name": column.get("name"), "required": column.get("required", True)} for column in schema.to_dict()]
        for side, schema in (("inputs", signature.inputs), ("outputs", signature.outputs))
    }
print(json.dumps(told))
