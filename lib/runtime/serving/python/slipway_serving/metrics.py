"""The metrics of the serving contract. Each series exists from the start, so that the first event is an increase."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client import CONTENT_TYPE_LATEST, disable_created_metrics

# Seconds. A latency limit becomes a boundary of its own, so that "slower than the limit" is counted and not interpolated.
BOUNDARIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    content_type = CONTENT_TYPE_LATEST

    def __init__(self, latency_limit):
        disable_created_metrics()
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "slipway_prediction_requests_total",
            "Prediction requests answered, by HTTP status.",
            ["code"],
            registry=self._registry,
        )
        self._requests.labels("200")
        self._errors = Counter(
            "slipway_prediction_errors_total",
            "Prediction requests answered with a status from 500 on.",
            registry=self._registry,
        )
        self._duration = Histogram(
            "slipway_prediction_duration_seconds",
            "Seconds from the first byte of a prediction request to the last of its answer.",
            buckets=sorted({*BOUNDARIES, *([] if latency_limit is None else [latency_limit])}),
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)

    def answered(self, status, seconds):
        self._requests.labels(str(status)).inc()
        if status >= 500:
            self._errors.inc()
        self._duration.observe(seconds)

    def text(self):
        return generate_latest(self._registry)
