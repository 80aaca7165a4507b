import type { Line, StageKind } from "../blueprint/pipeline/pipeline-document";

/** What one job may have in its hands. The isolation rules (and their tests) are stated over these. */
export interface Holdings {
  /** Runs commands or code of the model repository. */
  readonly userCode: boolean;
  /** Sees held-out labels or the whole data snapshot in clear. */
  readonly labels: boolean;
  /** Can sign evidence. */
  readonly signingKey: boolean;
  /** May write experiments and runs to the tracking server. */
  readonly tracking: boolean;
  /** May write to the model registry. */
  readonly registry: boolean;
  /** May read or write the store of models, evidence and promotion records. */
  readonly store: "none" | "read" | "write";
  /** Restores or saves a dependency cache. */
  readonly cache: boolean;
}

/** Named folders that jobs hand to one another, always by the digest of their content. */
export type HandoffName =
  "data" | "training" | "features" | "labels" | "model" | "baseline" | "predictions" | "evidence";

export interface Handoff {
  readonly name: HandoffName;
  /** The job that gives it. */
  readonly from: string;
}

export type Step =
  /** The model repository's files. Jobs without user code check out `.slipway` only. */
  | { readonly kind: "checkout"; readonly only: "everything" | "slipway-folder" }
  /** The pinned Slipway command, its integrity checked, install scripts off. */
  | { readonly kind: "install-slipway" }
  /** The model repository's locked Python environment. */
  | { readonly kind: "install-python" }
  | { readonly kind: "slipway"; readonly title: string; readonly command: readonly string[] }
  | { readonly kind: "shell"; readonly title: string; readonly run: string };

/** A unit of work that every engine runs the same way: a job of GitHub Actions or GitLab, a stage of Jenkins, a process on a laptop. */
export interface Job {
  /** Unique within the line, for example `validate-data` or `promote-staging`. */
  readonly id: string;
  readonly title: string;
  readonly stage: StageKind;
  readonly line: Line;
  /** Jobs that must have *succeeded* before this one starts. */
  readonly needs: readonly string[];
  /** Hand-offs taken, in order; each giver is also in `needs`. */
  readonly takes: readonly Handoff[];
  readonly gives: readonly HandoffName[];
  readonly holdings: Holdings;
  readonly steps: readonly Step[];
  /** Protected environment (identity, secrets, reviewers) that the job runs in, without the pipeline's prefix; `null` for none. */
  readonly environment: string | null;
  /** Whether a person must approve before it starts. */
  readonly approval: boolean;
  /** Names of secrets that the job reads as environment variables of the same name. */
  readonly secrets: readonly string[];
  /** Names of variables (deploy-time values) that the job reads as environment variables of the same name. */
  readonly variables: readonly string[];
  readonly timeoutMinutes: number;
}
