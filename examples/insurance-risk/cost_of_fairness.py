"""What it costs not to use protected attributes: the example's model with and without them, on the pipeline's own split.

Needs scikit-learn, pandas, pyarrow and fairlearn: python cost_of_fairness.py repository/data/claims.parquet
"""

import hashlib
import json
import pathlib
import sys

import numpy
import pandas
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference, true_positive_rate, MetricFrame
from sklearn.metrics import roc_auc_score

REPOSITORY = pathlib.Path(__file__).with_name("repository")
sys.path.insert(0, str(REPOSITORY))
from risk_model import build_model  # noqa: E402

SEED, FRACTION, FROM_YEAR = 1, 0.3, 3
OUTCOMES = "outpdol drugdol suppdol mentdol inpdol meddol totadm inpmis mentvis mdvis notmdvis lnmeddol binexp time".split()
PROTECTED = ["female", "black", "fchild"]
REPLICATES = 2000


def held_out(person):
    """The same draw as `slipway split`: a share from the hash of seed and key."""
    digest = hashlib.sha256(f"{SEED}\x1fkey\x1f{person}".encode()).hexdigest()
    return int(digest[:13], 16) / 2**52 < FRACTION


def main():
    rows = pandas.read_parquet(sys.argv[1])
    drawn = rows["zper"].map({person: held_out(person) for person in rows["zper"].unique()})
    train, test = rows[~drawn & (rows["year"] < FROM_YEAR)], rows[drawn & (rows["year"] >= FROM_YEAR)]
    # The same cut-off as `slipway split`: the highest cost that is not among the top tenth of the training rows.
    cut = train["meddol"].sort_values(ascending=False).iloc[int(0.1 * len(train) + 1e-9)]
    label = (test["meddol"] > cut).to_numpy()
    features = [name for name in rows.columns if name not in OUTCOMES + ["zper", "year"]]
    params = json.loads((REPOSITORY / "params.json").read_text())
    scores = {}
    for name, columns in {"with": features, "without": [each for each in features if each not in PROTECTED]}.items():
        model = build_model(columns, params).fit(train[columns].astype("float64"), train["meddol"] > cut)
        scores[name] = model.predict_proba(test[columns].astype("float64"))[:, 1]
        report(name, scores[name], label, test)
    resampled = bootstrap(scores, label, test["zper"].to_numpy())
    for name in scores:
        print(name, "AUC", interval(resampled[name]))
    print("cost of leaving them out, AUC", roc_auc_score(label, scores["with"]) - roc_auc_score(label, scores["without"]))
    print("  paired, by person", interval(resampled["with"] - resampled["without"]))


def report(name, score, label, test):
    selected = score >= numpy.quantile(score, 0.9)
    print(f"{name}: {len(label)} rows, {label.sum()} positives, AUC {roc_auc_score(label, score):.4f}")
    for group in ("female", "black"):
        known = test[group].notna().to_numpy()
        of = {"sensitive_features": test[group][known].astype(int)}
        true, chosen = label[known], selected[known]
        frame = MetricFrame(metrics=true_positive_rate, y_true=true, y_pred=chosen, **of)
        print(
            f"  {group}: demographic parity {demographic_parity_difference(true, chosen, **of):.3f}",
            f"equal opportunity {frame.difference():.3f} equalized odds {equalized_odds_difference(true, chosen, **of):.3f}",
        )


def bootstrap(scores, label, person):
    random = numpy.random.default_rng(SEED)
    places = list(pandas.Series(numpy.arange(len(person))).groupby(person).indices.values())
    found = {name: numpy.empty(REPLICATES) for name in scores}
    for replicate in range(REPLICATES):
        drawn = numpy.concatenate([places[each] for each in random.integers(0, len(places), len(places))])
        for name, score in scores.items():
            found[name][replicate] = roc_auc_score(label[drawn], score[drawn])
    return found


def interval(values):
    return "{:.4f} to {:.4f}".format(*numpy.quantile(values, [0.025, 0.975]))


if __name__ == "__main__":
    main()
