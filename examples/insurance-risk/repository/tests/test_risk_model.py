import json
import pathlib

import pandas
import pytest

from risk_model import build_model, chosen_features

REPOSITORY = pathlib.Path(__file__).parents[1]
PARAMS = {"iterations": 10, "learning_rate": 0.1, "leaves": 4}
FEATURES = ["plan", "site", "xage", "disea", "ghindx"]


@pytest.fixture(scope="module")
def sample():
    return pandas.read_csv(REPOSITORY / "data" / "sample.csv")


@pytest.fixture(scope="module")
def model(sample):
    label = sample["meddol"] > sample["meddol"].quantile(0.9)
    return build_model(FEATURES, PARAMS).fit(sample[FEATURES], label)


def test_scores_are_probabilities(model, sample):
    scores = model.predict_proba(sample[FEATURES])[:, 1]
    assert ((scores >= 0) & (scores <= 1)).all()


def test_missing_values_and_unknown_plans_are_scored(model):
    stranger = pandas.DataFrame({"plan": [99], "site": [3], "xage": [float("nan")], "disea": [10.0], "ghindx": [None]})
    assert model.predict_proba(stranger.astype("float64")).shape == (1, 2)


def test_same_rows_give_the_same_model(model, sample):
    label = sample["meddol"] > sample["meddol"].quantile(0.9)
    again = build_model(FEATURES, PARAMS).fit(sample[FEATURES], label)
    assert (again.predict_proba(sample[FEATURES]) == model.predict_proba(sample[FEATURES])).all()


def test_sickness_raises_the_score(model, sample):
    scores = model.predict_proba(sample[FEATURES])[:, 1]
    assert scores[sample["disea"] > 20].mean() > scores[sample["disea"] < 5].mean()


def test_all_features_are_taken_as_they_come():
    assert chosen_features(["a", "b"], "all") == ["a", "b"]


def test_a_feature_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="wealth"):
        chosen_features(["income"], ["income", "wealth"])


def test_params_are_complete():
    assert set(json.loads((REPOSITORY / "params.json").read_text())) == {"features", *PARAMS}
