"""Around the whole app: counts and times prediction requests, from the moment their head has arrived to the last byte of the answer."""

import asyncio
import time


class Measured:
    def __init__(self, app, state, metrics, path):
        self._app = app
        self._state = state
        self._metrics = metrics
        self._path = path

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_prediction = scope["path"] == self._path and scope["method"] == "POST"
        began = time.perf_counter()
        status = 500

        async def sent(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if self._state.draining:
                    # The client's next request belongs to another server.
                    message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if last and is_prediction:
                self._metrics.answered(status, time.perf_counter() - began)

        if not is_prediction:
            await self._app(scope, receive, sent)
            return
        self._state.in_flight += 1
        try:
            await self._app(scope, receive, sent)
        except asyncio.CancelledError:
            self._state.cut_off += 1
            raise
        finally:
            self._state.in_flight -= 1
