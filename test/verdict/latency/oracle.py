"""What scipy and numpy say of exact binomial intervals, Student's t, quantiles, and Woodruff's intervals from their definition."""

import json
import sys

import numpy as np
from scipy import special, stats


def clopper_pearson(case):
    successes, trials, tail = case["successes"], case["trials"], (1 - case["level"]) / 2
    return [
        0.0 if successes <= 0 else float(stats.beta.ppf(tail, successes, trials - successes + 1)),
        1.0 if successes >= trials else float(stats.beta.ppf(1 - tail, successes + 1, trials - successes)),
    ]


def binomtest(case):
    bounds = stats.binomtest(case["successes"], case["trials"]).proportion_ci(case["level"], method="exact")
    return [bounds.low, bounds.high]


def woodruff(case):
    """Every count below that the binomial does not exclude; the interval spans the latencies at which there are so many."""
    ordered, worth = np.sort(case["values"]), case["effective"] / len(case["values"])
    kept = []
    for below in range(len(ordered) + 1):
        low, high = clopper_pearson(
            {"successes": below * worth, "trials": case["effective"], "level": case["level"]}
        )
        if low <= case["quantile"] <= high:
            kept.append(below)
    first, last = min(kept), max(kept)
    return [
        0.0 if first == 0 else float(ordered[first - 1]),
        None if last == len(ordered) else float(ordered[last]),
    ]


if __name__ == "__main__":
    request = json.load(sys.stdin)
    json.dump(
        {
            "beta": [float(special.betainc(case["a"], case["b"], case["x"])) for case in request["beta"]],
            "clopperPearson": [clopper_pearson(case) for case in request["proportions"]],
            "binomtest": [binomtest(case) if float(case["trials"]).is_integer() and float(case["successes"]).is_integer() else None for case in request["proportions"]],
            "student": [float(stats.t.ppf(case["probability"], case["degrees"])) for case in request["student"]],
            "quantiles": [float(np.quantile(case["values"], case["quantile"], method="inverted_cdf")) for case in request["intervals"]],
            "intervals": [woodruff(case) for case in request["intervals"]],
        },
        sys.stdout,
    )
