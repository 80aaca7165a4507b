"""Verifies the model folder, then loads it, in a thread: health checks are answered meanwhile."""

import threading
import traceback

from .logs import logger, quiet_mlflow
from .model_folder import verify_folder
from .refusal import MissingPackage, Refusal


def load_in_background(settings, done):
    """Calls `done(model, refusal)` from the thread, one of the two None."""

    def load():
        try:
            done(verified_model(settings), None)
        except Refusal as refusal:
            done(None, refusal)

    # A daemon: who is told to end does not wait for a model.
    threading.Thread(target=load, name="load", daemon=True).start()


def verified_model(settings):
    """No code of the model runs before its folder is known to be the one that was meant. Raises Refusal."""
    verify_folder(settings.model_dir, settings.model_digest)
    try:
        from .model import Model
    except ImportError as error:
        raise MissingPackage(f"the model's environment cannot serve it: {error}") from None
    quiet_mlflow()
    try:
        return Model(settings.model_dir)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001 - a model's code raises what it likes
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
        logger.error("the model cannot be loaded", extra={"error": type(error).__name__, "at": places[-8:]})
        raise Refusal(f"the model cannot be loaded: {type(error).__name__}: {error}") from None
