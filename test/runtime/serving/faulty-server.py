"""A small model server by the serving contract, standard library only, with one fault chosen by $FAULT ("none" for a correct one).

Its "model" adds up each row of a dataframe_split and takes its time in proportion to the rows.
"""

import hashlib
import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

FAULT = os.environ["FAULT"]
MODEL = os.environ["SLIPWAY_MODEL_DIR"]
DIGEST = os.environ["SLIPWAY_MODEL_DIGEST"]
SECONDS_PER_ROW = 0.0002
BOUNDARIES = [0.01, 0.1, 1.0]
COLUMNS = ["a", "b"]

lock = threading.Lock()
codes = {} if FAULT == "counter-born-late" else {"200": 0}
errors = 0
durations = []
leaked = []
in_flight = 0
ready = FAULT == "ready-before-load"
loaded = threading.Event()
refused_while_loading = threading.Event()
draining = False
readiness_asked_while_draining = 0


def digest_of(folder):
    lines = []
    for below, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(below, name)
            with open(path, "rb") as file:
                lines.append((os.path.relpath(path, folder).encode(), hashlib.sha256(file.read()).hexdigest()))
    return "sha256:" + hashlib.sha256(b"".join(b"%s  %s\n" % (d.encode(), p) for p, d in sorted(lines))).hexdigest()


def load():
    global ready
    if FAULT == "ready-before-load":
        # Until the first prediction has come too early, however slow the machine.
        refused_while_loading.wait()
    loaded.set()
    ready = True


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body, content_type="application/json"):
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        global readiness_asked_while_draining
        if self.path == "/health":
            self.answer(503 if FAULT == "health-waits-for-model" and not_asked_often("health") else 200, b"")
        elif self.path == "/ready" and FAULT != "no-readiness":
            if draining:
                readiness_asked_while_draining += 1
            is_ready = ready and (not draining or FAULT == "ready-while-draining")
            if FAULT == "health-waits-for-model" and not_asked_often("ready"):
                is_ready = False
            self.answer(200 if is_ready else 503, b"")
        elif self.path == "/version":
            self.answer(200, json.dumps(version()).encode())
        elif self.path == "/metrics" and FAULT != "no-metrics":
            self.answer(200, metrics().encode(), "text/html" if FAULT == "metrics-as-html" else "text/plain; version=0.0.4")
        else:
            self.answer(200 if FAULT == "answers-unknown-paths" else 404, b"")

    def do_POST(self):
        global errors, in_flight
        began = time.monotonic()
        with lock:
            in_flight += 1
        status, body = self.predict(self.rfile.read(int(self.headers.get("content-length", 0))))
        with lock:
            if not (FAULT == "bad-requests-uncounted" and 400 <= status < 500):
                codes[str(status)] = codes.get(str(status), 0) + 1
            if status >= (400 if FAULT == "client-mistakes-are-errors" else 500):
                errors += 1
            if not (FAULT == "durations-of-successes-only" and status != 200):
                durations.append(time.monotonic() - began)
        self.answer(status, json.dumps(body).encode())
        with lock:
            in_flight -= 1

    def predict(self, body):
        if not loaded.is_set():
            refused_while_loading.set()
            return 503, {}
        try:
            if self.headers.get("content-type") != "application/json":
                raise ValueError
            split = json.loads(body)["dataframe_split"]
            places = [split["columns"].index(name) for name in COLUMNS]
            predictions = [sum(float(row[place]) for place in places) for row in split["data"]]
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            if FAULT == "dies-of-bad-requests":
                os._exit(1)
            status = {"bad-requests-get-200": 200, "bad-requests-get-500": 500}.get(FAULT, 400)
            return status, {"predictions": [0.0]}
        time.sleep(SECONDS_PER_ROW * len(predictions))
        if FAULT == "leaks-memory":
            leaked.append(b"x" * 64 * 1024)
        if FAULT == "one-prediction-too-few":
            predictions.pop()
        if FAULT == "wrong-scores":
            predictions = [score + 0.001 for score in predictions]
        return 200, {"scores": predictions} if FAULT == "other-shape" else {"predictions": predictions}


asked = {}


def not_asked_often(what):
    asked[what] = asked.get(what, 0) + 1
    return asked[what] < 4


def version():
    model = "latest" if FAULT == "version-without-digest" else DIGEST
    return {"model": model, "pipeline": os.environ.get("SLIPWAY_PIPELINE"), "server": "faulty/1"}


def metrics():
    limit = os.environ.get("SLIPWAY_LATENCY_LIMIT_SECONDS")
    boundaries = sorted({*BOUNDARIES, *([] if limit is None or FAULT == "no-bucket-at-limit" else [float(limit)])})
    with lock:
        lines = ["# TYPE slipway_prediction_requests_total counter"]
        lines += [f'slipway_prediction_requests_total{{code="{code}"}} {count}' for code, count in codes.items()]
        lines += ["# TYPE slipway_prediction_errors_total counter", f"slipway_prediction_errors_total {errors}"]
        name = "slipway_prediction_duration_seconds"
        lines.append(f"# TYPE {name} histogram")
        lines += [f'{name}_bucket{{le="{each}"}} {sum(d <= each for d in durations)}' for each in boundaries]
        infinite = len(durations) + (1 if FAULT == "infinity-is-not-count" and durations else 0)
        lines += [f'{name}_bucket{{le="+Inf"}} {infinite}', f"{name}_sum {sum(durations)}", f"{name}_count {len(durations)}"]
    return "\n".join(lines) + "\n"


def stop(*_):
    global draining
    if FAULT == "ignores-sigterm":
        return
    if FAULT == "drops-requests-in-flight":
        os._exit(0)
    draining = True
    threading.Thread(target=drain).start()


def drain():
    while in_flight > 0 or (FAULT == "ready-while-draining" and readiness_asked_while_draining < 20):
        time.sleep(0.01)
    # The last answers leave.
    time.sleep(0.2)
    os._exit(4 if FAULT == "ends-with-an-error" else 0)


class Server(ThreadingHTTPServer):
    request_queue_size = 64


class OneAtATime(HTTPServer):
    request_queue_size = 64


signal.signal(signal.SIGTERM, stop)
if FAULT != "does-not-verify" and digest_of(MODEL) != DIGEST:
    sys.exit("another model")
if FAULT == "does-not-start":
    sys.exit("no such library")
threading.Thread(target=load, daemon=True).start()
kind = OneAtATime if FAULT == "health-blocked-by-predictions" else Server
kind(("0.0.0.0", int(os.environ["SLIPWAY_PORT"])), Handler).serve_forever()
