"""What scikit-learn, fairlearn, scipy and numpy say of held-out rows; null where they have no finite value.

Reads a JSON list of cases from standard input, writes a JSON list of answers. A resample is taken literally: every row
stands there as often as its cluster was drawn, and the same functions are called on the longer table.
"""

import json
import math
import sys
import warnings

import numpy as np
from fairlearn import metrics as fair
from scipy import stats
from sklearn import metrics

warnings.filterwarnings("ignore")


def finite(value):
    value = float(value)
    return value if math.isfinite(value) else None


def attempt(figure):
    try:
        return finite(figure())
    except (ValueError, ZeroDivisionError):
        return None


def selected(score, decision):
    """The decision rule, from its definition: the lowest cut that selects no more than the fraction."""
    if decision["kind"] == "scoreAtLeast":
        return (score >= decision["score"]).astype(int)
    cuts = [cut for cut in np.unique(score) if (score >= cut).sum() <= decision["fraction"] * len(score) + 1e-9]
    return (score >= min(cuts)).astype(int) if cuts else np.zeros(len(score), dtype=int)


def calibration_within_groups(label, score, group):
    """Expected calibration error by its formula: the rows of each of ten bins, mean score against share of positives."""
    worst = 0.0
    for each in np.unique(group):
        of = group == each
        bins = np.minimum((score[of] * 10).astype(int), 9)
        error = sum(
            (bins == b).mean() * abs(score[of][bins == b].mean() - label[of][bins == b].mean()) for b in np.unique(bins)
        )
        worst = max(worst, error)
    return worst


def classification(label, score, group, groups, decision):
    one_class = len(np.unique(label)) < 2
    decided = selected(score, decision)
    everyone, positive = np.full(len(label), True), label == 1
    both = np.isin(group, list(set(group[positive]) & set(group[~positive])))

    def between_groups(measure, of=everyone):
        """fairlearn leaves empty groups out and takes 0 for the rate of a group without positives; here both are undefined."""
        known = set(group[of]) == set(range(groups))
        return lambda: measure(label, decided, sensitive_features=group) if known else math.nan

    answers = {
        "auc": lambda: math.nan if one_class else metrics.roc_auc_score(label, score),
        "averagePrecision": lambda: metrics.average_precision_score(label, score) if label.any() else math.nan,
        "logLoss": lambda: metrics.log_loss(label, score, labels=[0, 1]),
        "brierScore": lambda: metrics.brier_score_loss(label, score),
        "accuracy": lambda: metrics.accuracy_score(label, decided),
        "precision": lambda: metrics.precision_score(label, decided, zero_division=math.nan),
        "recall": lambda: metrics.recall_score(label, decided, zero_division=math.nan),
        "f1": lambda: metrics.f1_score(label, decided, zero_division=math.nan),
        "demographicParityDifference": between_groups(fair.demographic_parity_difference),
        "demographicParityRatio": between_groups(fair.demographic_parity_ratio),
        "equalOpportunityDifference": between_groups(fair.equal_opportunity_difference, positive),
        "equalizedOddsDifference": between_groups(fair.equalized_odds_difference, both),
        "equalizedOddsRatio": between_groups(fair.equalized_odds_ratio, both),
        "calibrationWithinGroups": lambda: calibration_within_groups(label, score, group) if set(group) == set(range(groups)) else math.nan,
    }
    found = {name: attempt(figure) for name, figure in answers.items()}
    found["mannWhitney"] = (
        None
        if one_class
        else finite(
            stats.mannwhitneyu(score[label == 1], score[label == 0]).statistic
            / (label == 1).sum()
            / (label == 0).sum()
        )
    )
    return found


def regression(label, score):
    return {
        "rmse": attempt(lambda: metrics.root_mean_squared_error(label, score)),
        "mae": attempt(lambda: metrics.mean_absolute_error(label, score)),
        "r2": attempt(lambda: metrics.r2_score(label, score) if np.ptp(label) > 0 else math.nan),
    }


def judge(case):
    label, score, group, cluster = (np.array(case[name]) for name in ("label", "score", "group", "cluster"))
    score = score.astype(float)
    groups = group.max() + 1

    def figures(rows):
        if case["task"] == "regression":
            return regression(label[rows].astype(float), score[rows])
        return classification(label[rows].astype(int), score[rows], group[rows], groups, case["decision"])

    every = np.arange(len(label))
    resampled = [figures(np.repeat(every, np.array(counts)[cluster])) for counts in case["counts"]]
    tail = (1 - case["confidence"]) / 2
    estimates = figures(every)
    intervals = {}
    for name in estimates:
        values = [replicate[name] for replicate in resampled]
        known = values and all(value is not None for value in values)
        intervals[name] = [float(np.quantile(values, q)) for q in (tail, 1 - tail)] if known else None
    return {"estimates": estimates, "replicates": resampled, "intervals": intervals}


def proportions(case):
    test = stats.binomtest(case["successes"], case["trials"])
    bounds = test.proportion_ci(confidence_level=case["confidence"], method="wilson")
    return [bounds.low, bounds.high]


if __name__ == "__main__":
    request = json.load(sys.stdin)
    json.dump(
        {
            "rows": [judge(case) for case in request.get("rows", [])],
            "proportions": [proportions(case) for case in request.get("proportions", [])],
        },
        sys.stdout,
    )
