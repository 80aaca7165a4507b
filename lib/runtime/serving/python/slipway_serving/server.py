"""One process from its start to its end: listens, loads, serves, and on SIGTERM drains."""

import asyncio
import contextlib
import signal
import time

import uvicorn

from .app import create_app
from .loading import load_in_background
from .logs import logger
from .metrics import Metrics
from .state import State

# Seconds kept of the grace for closing down after the last answer.
CLOSING = 0.5


class SignalsLeftAlone(uvicorn.Server):
    """uvicorn ends by the signal it got; this server decides for itself when, and ends with an exit code."""

    @contextlib.contextmanager
    def capture_signals(self):
        yield

    def install_signal_handlers(self):
        """What versions before 0.29 call instead."""


async def serve(settings):
    """Serves until a signal, or until the model is refused. Returns the exit code: 1 when requests had to be cut off."""
    state = State()
    app = create_app(state, settings, Metrics(settings.latency_limit))
    server = SignalsLeftAlone(
        uvicorn.Config(
            app,
            host="0.0.0.0",
            port=settings.port,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=max(1, int(settings.grace_seconds - settings.drain_seconds - CLOSING)),
        )
    )
    loop = asyncio.get_running_loop()
    stopping = set()

    def loaded(model, refusal):
        state.model, state.refusal = model, refusal
        if refusal is None:
            logger.info("ready", extra={"model": settings.model_digest, "port": settings.port})
        else:
            server.should_exit = True

    def told_to_stop():
        if state.draining:
            # Asked twice: somebody does not want to wait.
            server.should_exit = server.force_exit = True
            return
        state.draining = True
        logger.info("draining", extra={"in_flight": state.in_flight, "seconds": settings.drain_seconds})
        stopping.add(loop.create_task(stop_after_drain()))

    async def stop_after_drain():
        if state.model is not None:
            await asyncio.sleep(settings.drain_seconds)
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop)
    load_in_background(settings, lambda model, refusal: loop.call_soon_threadsafe(loaded, model, refusal))
    began = time.monotonic()
    await server.serve()
    if state.refusal is not None:
        raise state.refusal
    cut_off = state.in_flight + state.cut_off
    logger.info("stopped", extra={"in_flight": cut_off, "seconds": round(time.monotonic() - began, 3)})
    return 1 if cut_off > 0 else 0
