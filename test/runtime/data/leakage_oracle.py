"""How well each feature of a training file alone tells its label, by scikit-learn's ROC AUC, as JSON."""

import json
import sys

import polars as pl
from sklearn.metrics import roc_auc_score

frame = pl.read_parquet(sys.argv[1])
label = frame["slipway_label"].to_numpy()
if not set(label) <= {0.0, 1.0}:
    # A quantity counts as positive above its lower median.
    label = (label > frame["slipway_label"].sort()[(frame.height - 1) // 2]).astype(float)
frame = frame.with_columns(pl.Series("y", label), half=pl.col("slipway_cluster") % 2)


def area(scores):
    value = roc_auc_score(label, scores)
    return max(value, 1 - value)


def strength(name):
    if frame[name].dtype == pl.String:
        own = pl.col("y").sum().over(name, "half"), pl.len().over(name, "half")
        other_p = pl.col("y").sum().over(name) - own[0]
        other_n = pl.len().over(name) - own[1]
        return area(frame.select((other_p + label.mean()) / (other_n + 1)).to_series().to_numpy())
    values = frame[name].cast(pl.Float64)
    low, high = values.min() - 1, values.max() + 1
    return max(area(values.fill_null(low).to_numpy()), area(values.fill_null(high).to_numpy()))


names = [name for name in frame.columns if not name.startswith("slipway_") and name not in ("y", "half")]
print(json.dumps({name: strength(name) for name in names}))
