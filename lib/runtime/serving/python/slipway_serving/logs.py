"""Logs as one JSON object a line on stderr, without payloads."""

import json
import logging
import time

logger = logging.getLogger("slipway_serving")
FIELDS = ("error", "at", "model", "port", "in_flight", "seconds")


class JsonLine(logging.Formatter):
    def format(self, record):
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def log_as_json():
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLine())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    # How uvicorn starts and stops is said by this server in its own words.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def quiet_mlflow():
    """MLflow brings handlers of its own, which write plain text."""
    mlflow = logging.getLogger("mlflow")
    mlflow.handlers.clear()
    mlflow.propagate = True
    mlflow.setLevel(logging.WARNING)
