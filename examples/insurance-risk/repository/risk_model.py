"""The model: who will be among the 10 % of highest cost next year."""

from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

CATEGORIES = ("plan", "site")


def chosen_features(available, wanted):
    """`wanted` is "all" or a list of names; a name that is not there is an error, not a smaller model."""
    if wanted == "all":
        return list(available)
    missing = sorted(set(wanted) - set(available))
    if missing:
        raise ValueError(f"no such features: {', '.join(missing)}")
    return list(wanted)


def build_model(features, params) -> Pipeline:
    categories = [name for name in features if name in CATEGORIES]
    numbers = [name for name in features if name not in CATEGORIES]
    prepare = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), categories),
        (SimpleImputer(strategy="median", add_indicator=True), numbers),
    )
    classifier = HistGradientBoostingClassifier(
        max_iter=params["iterations"],
        learning_rate=params["learning_rate"],
        max_leaf_nodes=params["leaves"],
        min_samples_leaf=40,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=0,
    )
    return make_pipeline(prepare, classifier)
