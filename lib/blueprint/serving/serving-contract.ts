/**
 * The serving contract: what every container that serves a model does, whoever wrote its server. Releases, probes, canaries and
 * monitoring rely on this and on nothing else of it. docs/guides/serving.md says it in full.
 */

/** The paths a server answers, on one port. */
export const ServingPath = {
  /** `POST`: predictions, in the request and response formats of MLflow's scoring protocol. */
  predict: "/invocations",
  /** `GET`, liveness: 200 as long as the process can answer at all, also while it loads, predicts or drains. */
  health: "/health",
  /** `GET`: 200 while predictions are answered; 503 before the model is verified and loaded, and from SIGTERM on. */
  ready: "/ready",
  /** `GET`: which model this is, as {@link ServedVersion}. */
  version: "/version",
  /** `GET`: Prometheus metrics under the names of {@link ServingMetric}. */
  metrics: "/metrics",
} as const;

/** The port a server listens on unless {@link ServingVariable.port} says otherwise. */
export const DEFAULT_SERVING_PORT = 8080;

/** Environment variables by which a server learns what it serves. */
export const ServingVariable = {
  /** Folder of the model's files, read-only. */
  modelFolder: "SLIPWAY_MODEL_DIR",
  /** `sha256:...`: the content digest of that folder. A server that finds another does not start. */
  modelDigest: "SLIPWAY_MODEL_DIGEST",
  /** Name of the pipeline, for `/version`. */
  pipeline: "SLIPWAY_PIPELINE",
  port: "SLIPWAY_PORT",
  /** Seconds; where it is set, the latency histogram has a bucket boundary at exactly this value. */
  latencyLimit: "SLIPWAY_LATENCY_LIMIT_SECONDS",
  /** Seconds that requests in flight get after SIGTERM. */
  grace: "SLIPWAY_GRACE_SECONDS",
} as const;

/** Seconds between SIGTERM and the end of a server, at the most, unless {@link ServingVariable.grace} says otherwise. */
export const DEFAULT_GRACE_SECONDS = 25;

/** Where things stand in an image that Slipway assembles. */
export const ImagePath = {
  model: "/opt/slipway/model",
  /** Site packages of the locked Python environment. */
  environment: "/opt/slipway/environment",
  /** Slipway's own server and what only it needs. */
  server: "/opt/slipway/server",
  /** Files of the model repository that the image takes along. */
  files: "/opt/slipway/files",
} as const;

/** Names of the metrics every server exposes. Each series exists from the start with 0, so that the first event is counted. */
export const ServingMetric = {
  /** Counter with the label `code`: prediction requests answered, by HTTP status. `code="200"` exists from the start. */
  requests: "slipway_prediction_requests_total",
  /** Counter without labels: prediction requests answered with a status from 500 on. A client's mistake is none. */
  errors: "slipway_prediction_errors_total",
  /** Histogram without labels, seconds: from the first byte of a prediction request to the last of its answer. */
  duration: "slipway_prediction_duration_seconds",
} as const;

/** What `/version` answers, as JSON. */
export interface ServedVersion {
  /** `sha256:...`: content digest of the model, verified when the server started. */
  readonly model: string;
  readonly pipeline: string | null;
  /** Name and version of the server, for example `slipway-serving/0.1.0`. */
  readonly server: string;
}
