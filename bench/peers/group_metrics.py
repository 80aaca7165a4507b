"""The figures of group-metrics.bench.ts by fairlearn and scikit-learn: CPU seconds per stage and peak memory as JSON."""

import json
import resource
import sys
import time

import fairlearn
import numpy as np
import pandas as pd
import sklearn
from fairlearn import metrics as fair
from sklearn.metrics import roc_auc_score

labels, predictions, fraction = sys.argv[1], sys.argv[2], float(sys.argv[3])
stages, figures = {}, {}
clock = time.process_time()


def done(stage):
    global clock
    now = time.process_time()
    stages[stage] = now - clock
    clock = now


rows = pd.read_parquet(labels).merge(pd.read_parquet(predictions), on="slipway_row")
label, score, group = rows["slipway_label"].to_numpy(), rows["score"].to_numpy(), rows["female"]
done("read")
places = int(fraction * len(score) + 1e-9)
decided = (score >= np.partition(score, len(score) - places)[len(score) - places]).astype(int)
for name in (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equal_opportunity_difference",
    "equalized_odds_difference",
    "equalized_odds_ratio",
):
    figures[name] = float(getattr(fair, name)(label, decided, sensitive_features=group))
done("groups")
figures["auc"] = float(roc_auc_score(label, score))
done("auc")
json.dump(
    {
        "stages": stages,
        "figures": list(figures.values()),
        "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "version": f"fairlearn {fairlearn.__version__}, scikit-learn {sklearn.__version__}, pandas {pd.__version__}",
    },
    sys.stdout,
)
