/** Types of MLflow's column schema; others (arrays, objects, tensors) are kept as MLflow writes them and only ever compared as a whole. */
export type ScalarType = "boolean" | "integer" | "long" | "float" | "double" | "string" | "binary" | "datetime";

/** One column that a model takes or gives. */
export interface SignatureColumn {
  /** `null` where the model gives one unnamed column or a tensor. */
  readonly name: string | null;
  /** A {@link ScalarType}, or canonical JSON of any other type. */
  readonly type: string;
  /** Whether a request must hold it; always true of what a model gives. */
  readonly required: boolean;
}

/** What a model takes and what it gives, as clients see it. */
export interface ModelSignature {
  readonly inputs: readonly SignatureColumn[];
  readonly outputs: readonly SignatureColumn[];
}
