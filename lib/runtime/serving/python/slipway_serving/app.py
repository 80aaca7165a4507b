"""The paths of the serving contract."""

import asyncio
import traceback
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.requests import ClientDisconnect

from . import __version__
from .answers import ClientMistake, error_body
from .logs import logger
from .measured import Measured

PREDICT, HEALTH, READY, VERSION, METRICS = "/invocations", "/health", "/ready", "/version", "/metrics"


def create_app(state, settings, metrics):
    # No pages of FastAPI's own: what is not of the contract is 404.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    predictions = Predictions(state, settings)

    async def health():
        return PlainTextResponse("alive\n")

    async def ready():
        return PlainTextResponse("ready\n" if state.ready else "not ready\n", status_code=200 if state.ready else 503)

    async def version():
        return JSONResponse(
            {
                "model": settings.model_digest,
                "pipeline": settings.pipeline,
                "server": f"slipway-serving/{__version__}",
            }
        )

    async def exposed():
        return Response(metrics.text(), media_type=metrics.content_type)

    app.add_api_route(HEALTH, health, methods=["GET"])
    app.add_api_route(READY, ready, methods=["GET"])
    app.add_api_route(VERSION, version, methods=["GET"])
    app.add_api_route(METRICS, exposed, methods=["GET"])
    app.add_api_route(PREDICT, predictions.answer, methods=["POST"])
    return Measured(app, state, metrics, PREDICT)


class Predictions:
    """Predicts in threads: as many at a time as there are CPUs, a bounded number waits, and health checks wait for none of them."""

    def __init__(self, state, settings):
        self._state = state
        self._max_body_bytes = settings.max_body_bytes
        self._most = settings.max_concurrency + settings.max_waiting
        self._admitted = 0
        self._threads = ThreadPoolExecutor(settings.max_concurrency, thread_name_prefix="predict")

    async def answer(self, request: Request):
        model = self._state.model
        if model is None:
            return unavailable("the model is not loaded yet")
        if self._admitted >= self._most:
            return unavailable("too many requests are waiting")
        self._admitted += 1
        try:
            body = await self._body_of(request)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._threads, model.answer, body, request.headers.get("content-type"))
            return json_answer(200, answer)
        except ClientMistake as mistake:
            return json_answer(mistake.status, error_body(mistake.status, mistake.message))
        except ClientDisconnect:
            # Nobody is there to read it.
            return json_answer(400, error_body(400, "the request broke off"))
        except Exception as error:  # noqa: BLE001 - whatever a model raises
            # The message of a model's exception may cite the payload: where it happened says enough.
            logger.error("prediction failed", extra={"error": type(error).__name__, "at": places_of(error)})
            return json_answer(500, error_body(500, "the model could not predict"))
        finally:
            self._admitted -= 1

    async def _body_of(self, request):
        """Raises ClientMistake as soon as the body is known to be too long."""
        too_long = ClientMistake(f"the body is longer than {self._max_body_bytes} bytes", status=413)
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._max_body_bytes:
            raise too_long
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._max_body_bytes:
                raise too_long
        return bytes(body)


def json_answer(status, body):
    return Response(body, status_code=status, media_type="application/json")


def unavailable(message):
    answer = json_answer(503, error_body(503, message))
    answer.headers["retry-after"] = "1"
    return answer


def places_of(error):
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)][-8:]
