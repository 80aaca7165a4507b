"""`python3 -m slipway_serving`: the default model server. Exits 0 when it was told to stop, 3 when it refuses to serve."""

import os
import sys

from .logs import log_as_json, logger
from .refusal import MissingPackage, Refusal
from .settings import Settings


def main():
    log_as_json()
    # A server sends nothing to anybody, and models that look for a home folder find one they may write to.
    os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true")
    os.environ.setdefault("HOME", os.environ.get("TMPDIR", "/tmp"))
    try:
        settings = Settings.from_environment(os.environ)
        serve = import_server()
        import asyncio

        return asyncio.run(serve(settings))
    except Refusal as refusal:
        logger.error(f"not serving: {refusal}")
        return refusal.exit_code


def import_server():
    try:
        from .server import serve
    except ImportError as error:
        raise MissingPackage(f"{error}; this server needs fastapi, uvicorn, prometheus_client and mlflow") from None
    return serve


def end(exit_code):
    """At once: a prediction or a model that still runs in a thread would keep the process beyond its grace."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


if __name__ == "__main__":
    end(main())
