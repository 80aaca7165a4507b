"""A model that was verified and loaded: from the bytes of a request to the bytes of its answer."""

import json
import os

import numpy
from mlflow import pyfunc

from .model_folder import find_model
from .payload import rows_of
from .refusal import Refusal
from .score import NoScores, score

DESCRIPTION = "slipway-serving.json"


class Model:
    def __init__(self, folder):
        """Runs the model's code. Raises Refusal for a folder that holds no model, and whatever loading raises."""
        self._threshold = decision_threshold(folder)
        self._model = pyfunc.load_model(find_model(folder))

    def answer(self, body, content_type):
        """The answer's body, JSON. Raises ClientMistake for what the client did, anything else is the model's failure."""
        scores = score(self._model, rows_of(body, content_type, self._model))
        if not numpy.isfinite(scores).all():
            raise NoScores("the model gave scores that are no finite numbers")
        answer = {"predictions": scores.tolist()}
        if self._threshold is not None:
            answer["decisions"] = (scores >= self._threshold).tolist()
        return json.dumps(answer).encode()


def decision_threshold(folder):
    """The threshold that training named, None where there is none."""
    try:
        with open(os.path.join(folder, DESCRIPTION), encoding="utf-8") as file:
            threshold = json.load(file)["decisionThreshold"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise Refusal(f"{DESCRIPTION} in the model folder is no serving description") from None
    if threshold is not None and (isinstance(threshold, bool) or not isinstance(threshold, (int, float))):
        raise Refusal(f"{DESCRIPTION} in the model folder has a decisionThreshold that is no number")
    return threshold
