import type { ModelSignature } from "./model-signature";

/** Name of the description inside the model folder, so that the model's digest covers it. */
export const servingDescriptionFile = "slipway-serving.json";

/** How a model is served: what a client may send, what comes back, and which scores select. Written once, by `slipway train`. */
export interface ServingDescription {
  readonly kind: "slipway.serving-description";
  readonly version: 1;
  /** `null` when the model states none; its requests are then not checked and it is compatible with nothing that has one. */
  readonly signature: ModelSignature | null;
  /** A row is selected when its score is at least this; `null` where the policy selects by rank and training named no score. */
  readonly decisionThreshold: number | null;
}
