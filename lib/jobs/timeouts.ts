import type { StageKind } from "../blueprint/pipeline/pipeline-document";

/** Minutes after which a job is stopped, where the pipeline does not say otherwise. Waiting for an approval does not count. */
export const DEFAULT_TIMEOUT_MINUTES: Readonly<Record<StageKind, number>> = {
  lint: 10,
  test: 30,
  acquire: 60,
  "validate-data": 30,
  detect: 15,
  split: 30,
  baseline: 15,
  train: 180,
  predict: 60,
  gate: 30,
  build: 60,
  package: 30,
  latency: 30,
  register: 15,
  promote: 15,
  release: 60,
  verify: 60,
  custom: 60,
};
