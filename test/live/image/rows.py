"""Writes training rows to argv[1], rows to score to argv[2], and to argv[3] what scikit-learn alone says of them."""

import json
import sys

import numpy
import pandas
from sklearn.linear_model import LogisticRegression

random = numpy.random.default_rng(7)
rows = pandas.DataFrame({"age": random.normal(40, 12, 400), "visits": random.integers(0, 9, 400)})
rows["high_cost"] = (rows.age + 3 * rows.visits + random.normal(0, 9, 400) > 55).astype(int)
rows.to_parquet(sys.argv[1])
asked = rows[["age", "visits"]].sample(60, random_state=3).reset_index(drop=True)
asked.to_json(sys.argv[2], orient="split", index=False, double_precision=15)
# What travels as JSON is what is compared: 15 digits are not always the double that was there before.
asked = pandas.read_json(sys.argv[2], orient="split", precise_float=True)
classifier = LogisticRegression().fit(rows[["age", "visits"]], rows["high_cost"])
with open(sys.argv[3], "w") as file:
    json.dump(classifier.predict_proba(asked)[:, 1].tolist(), file)
