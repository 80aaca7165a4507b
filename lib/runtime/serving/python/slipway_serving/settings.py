"""What a server is told by environment variables: those of the serving contract, and a few of this server's own."""

import math
import os
from dataclasses import dataclass

from .refusal import Refusal

DEFAULT_PORT = 8080
DEFAULT_GRACE_SECONDS = 25.0
DEFAULT_DRAIN_SECONDS = 5.0
DEFAULT_MAX_BODY_BYTES = 16 * 1024 * 1024
DEFAULT_MAX_WAITING = 100


@dataclass(frozen=True)
class Settings:
    model_dir: str
    model_digest: str
    pipeline: "str | None"
    port: int
    # Seconds; None where no limit is known.
    latency_limit: "float | None"
    # Seconds from SIGTERM to the end, at the most.
    grace_seconds: float
    # Seconds from SIGTERM on in which new connections are still accepted, so that load balancers can take this server off first.
    drain_seconds: float
    max_body_bytes: int
    # Predictions that run at the same time.
    max_concurrency: int
    # Requests that may wait for one of those to end; more are answered 503.
    max_waiting: int

    @staticmethod
    def from_environment(env):
        """Raises Refusal with everything that is wrong, at once."""
        wrong = []

        def text(name):
            value = env.get(name, "")
            if value == "":
                wrong.append(f"{name} is missing")
            return value

        def number(name, default, kind, least):
            value = env.get(name, "")
            if value == "":
                return default
            try:
                parsed = kind(value)
            except ValueError:
                parsed = math.nan
            if not (math.isfinite(parsed) and parsed >= least):
                wrong.append(f"{name} is {value!r}, not a number from {least} on")
                return default
            return parsed

        settings = Settings(
            model_dir=text("SLIPWAY_MODEL_DIR"),
            model_digest=text("SLIPWAY_MODEL_DIGEST"),
            pipeline=env.get("SLIPWAY_PIPELINE") or None,
            port=number("SLIPWAY_PORT", DEFAULT_PORT, int, 1),
            latency_limit=number("SLIPWAY_LATENCY_LIMIT_SECONDS", None, float, 0.000001),
            grace_seconds=number("SLIPWAY_GRACE_SECONDS", DEFAULT_GRACE_SECONDS, float, 1),
            drain_seconds=number("SLIPWAY_DRAIN_SECONDS", None, float, 0),
            max_body_bytes=number("SLIPWAY_MAX_BODY_BYTES", DEFAULT_MAX_BODY_BYTES, int, 1),
            max_concurrency=number("SLIPWAY_MAX_CONCURRENCY", usable_cpus(), int, 1),
            max_waiting=number("SLIPWAY_MAX_WAITING", DEFAULT_MAX_WAITING, int, 0),
        )
        if settings.drain_seconds is None:
            # A short grace is shared between the two.
            object.__setattr__(settings, "drain_seconds", min(DEFAULT_DRAIN_SECONDS, settings.grace_seconds / 4))
        elif settings.drain_seconds >= settings.grace_seconds:
            wrong.append(
                f"SLIPWAY_DRAIN_SECONDS ({settings.drain_seconds:g}) leaves nothing of "
                f"SLIPWAY_GRACE_SECONDS ({settings.grace_seconds:g}) for requests in flight"
            )
        if wrong:
            raise Refusal("; ".join(wrong))
        return settings


def usable_cpus():
    """CPUs this process may use, also where a container is confined to some of them."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
