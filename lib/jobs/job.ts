import type { Line, PythonEnvironment, StageKind } from "../blueprint/pipeline/pipeline-document";

/**
 * What one job has in its hands; the isolation rules are stated over these.
 *
 * The raw data and the held-out labels are told apart on purpose. Whoever fetches the data sees it, and when a command of the
 * repository fetches it, user code does: before the split nothing is held out yet, so nothing is given away that training could
 * not see anyway by fetching again. From `split` on, the held-out labels exist, sealed, and no job with user code can open them.
 */
export interface Holdings {
  /** Runs commands or code of the model repository, or a model that such code made. */
  readonly userCode: boolean;
  /** Fetches the raw data from its source. */
  readonly rawData: boolean;
  /** Sees held-out labels in clear, or can open what holds them: the sealed `data` and `labels` hand-offs. */
  readonly labels: boolean;
  /** Can sign evidence or promotion records. */
  readonly signingKey: boolean;
  /** May write experiments and runs to the tracking server. */
  readonly tracking: boolean;
  /** May write to the model registry. */
  readonly registry: boolean;
  /** May read or write the store of models, evidence and promotion records. */
  readonly store: "none" | "read" | "write";
  /** May ask the engine for a token by which clouds and Sigstore know the job. */
  readonly cloudIdentity: boolean;
  /** May push to the image registry. */
  readonly images: boolean;
  /** Restores or saves a dependency cache. */
  readonly cache: boolean;
}

/** Named folders that jobs hand to one another, always by the digest of their content. */
export type HandoffName =
  "data" | "training" | "features" | "labels" | "model" | "baseline" | "predictions" | "evidence" | "parts" | "image";

export interface Handoff {
  readonly name: HandoffName;
  /** The job that gives it. */
  readonly from: string;
}

/** A value that a job's command writes besides the digests of its hand-offs, for example `due` of `detect`. */
export interface JobOutput {
  readonly job: string;
  readonly name: string;
}

export type Step =
  /** The model repository's files. Jobs that need none of them check out `.slipway` only. */
  | { readonly kind: "checkout"; readonly only: "everything" | "slipway-folder" }
  /** The pinned Slipway command, its integrity checked, install scripts off. */
  | { readonly kind: "install-slipway" }
  /** The model repository's locked Python environment; the lock file is relative to `directory`. */
  | { readonly kind: "install-python"; readonly python: PythonEnvironment; readonly directory: string }
  /** The engine adds `--pipeline`, and `--take` and `--cite` with the digests that the job's `takes` and `cites` name. */
  | { readonly kind: "slipway"; readonly title: string; readonly command: readonly string[] }
  /** A command of the user's, run by bash in `directory` (relative to the repository), with the locked Python first on the path. */
  | { readonly kind: "shell"; readonly title: string; readonly run: string; readonly directory: string };

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
  /** Hand-offs of which the job learns the digest only, to name them in what it writes; each giver is also in `needs`. */
  readonly cites: readonly Handoff[];
  readonly gives: readonly HandoffName[];
  /** Further outputs of the job's command, by name. */
  readonly outputs: readonly string[];
  /** The job is left out, and so is all that needs it, unless this output is `true`; `null`: it always runs. */
  readonly onlyIf: JobOutput | null;
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
