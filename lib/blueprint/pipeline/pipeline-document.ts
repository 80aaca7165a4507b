/**
 * A pipeline as plain JSON: what the user said, with every default resolved. The graph, its lowering to jobs and the
 * laptop engine read this and nothing else.
 */
export interface PipelineDocument {
  /** Name of the pipeline: lower-case letters, digits and dashes. Names files, jobs, GitHub environments and the registered model. */
  readonly name: string;
  /** Folder of this model inside the repository, `.` for the top; every path below is relative to it. */
  readonly root: string;
  readonly python: PythonEnvironment;
  readonly commands: PipelineCommands;
  readonly data: DataSourceDocument;
  readonly heldOut: HeldOutRule;
  readonly customStages: readonly CustomStage[];
  readonly triggers: readonly TriggerDocument[];
  /** In order of promotion, for example staging, production. */
  readonly environments: readonly EnvironmentDocument[];
  /** Whether models are registered; without a registry the pipeline ends at signed evidence. */
  readonly registry: RegistryDocument | null;
  /** Where models, evidence and promotion records are kept write-once; `null` only where nothing is promoted. */
  readonly store: StoreDocument | null;
  readonly signing: SigningDocument;
  /** How models become images; `null`: the pipeline ends at the model. */
  readonly packaging: PackagingDocument | null;
  /** Raised when a model's input or output changes so that present clients break. */
  readonly interfaceVersion: number;
  /** Minutes after which a stage is stopped, where it is not the default. */
  readonly timeoutMinutes: Readonly<Partial<Record<StageKind, number>>>;
}

/**
 * The stages Slipway knows; promote, release and verify repeat per environment. `build` collects what an image takes from the repository. Approval is no stage of its own: it is what the
 * environment of a promotion asks for. `detect` decides whether a run that only looked for new data or drift goes on.
 */
export type StageKind =
  | "lint"
  | "test"
  | "acquire"
  | "validate-data"
  | "detect"
  | "split"
  | "train"
  | "baseline"
  | "predict"
  | "gate"
  | "build"
  | "package"
  | "latency"
  | "register"
  | "promote"
  | "release"
  | "verify"
  | "custom";

/** The two lines every pipeline has: what a pull request or merge group runs, and what the default branch runs. */
export type Line = "review" | "delivery";

/** The locked environment that the repository's commands run in. */
export interface PythonEnvironment {
  /** Python's version, `3.x` or `3.x.y`. */
  readonly version: string;
  readonly manager: "uv" | "poetry" | "conda-lock" | "pip";
  /** The lock file that was found, relative to root: uv.lock, poetry.lock, conda-lock.yml, requirements.txt with hashes. */
  readonly lockFile: string;
}

/** Shell commands of the model repository, run in the locked environment; `null` where the stage is left out. */
export interface PipelineCommands {
  readonly lint: string | null;
  readonly test: string | null;
  readonly train: string;
  /** `null`: Slipway loads the model with MLflow's pyfunc and predicts by itself. */
  readonly predict: string | null;
}

/** Where the data snapshot comes from; `sample` is the file in the repository that pull requests use instead. */
export type DataSourceDocument =
  | { readonly kind: "file"; readonly path: string; readonly sample: string | null }
  | {
      readonly kind: "url";
      readonly url: string;
      readonly sha256: string;
      readonly format: "parquet" | "csv";
      readonly sample: string | null;
    }
  /** User code that writes `output`; run in a job of its own that holds no key. */
  | { readonly kind: "command"; readonly run: string; readonly output: string; readonly sample: string | null };

/** Which rows training never sees. */
export interface HeldOutRule {
  /** Share of the contract's group keys that is held out, between 0 and 1. */
  readonly fraction: number;
  /** First value of the contract's time column that belongs to the held-out part; `null` holds out by key alone. */
  readonly from: string | number | null;
  /** Whole number from which the draw of keys follows. */
  readonly seed: number;
}

/** A stage of the user's own. */
export interface CustomStage {
  readonly name: string;
  /** Shell command of the model repository. */
  readonly run: string;
  /** Names of stages (kinds, custom names, or `promote-<environment>`) that must have succeeded before. */
  readonly after: readonly string[];
  /** Names of stages that may only start when this one succeeded. */
  readonly before: readonly string[];
  readonly lines: readonly Line[];
}

/** What starts a run; cron expressions have five fields and are in UTC. */
export type TriggerDocument =
  | { readonly kind: "push" }
  | { readonly kind: "pullRequest" }
  | { readonly kind: "mergeGroup" }
  | { readonly kind: "manual" }
  | { readonly kind: "schedule"; readonly cron: string }
  /** Looks on the cron schedule and goes on only when at least so many labelled rows are new since the last registered model. */
  | { readonly kind: "newData"; readonly minLabelledRows: number; readonly cron: string }
  /** Looks on the cron schedule and goes on only when a drift finding was filed in the store since the last registered model. */
  | { readonly kind: "drift"; readonly cron: string };

/** A place that models are promoted into. */
export interface EnvironmentDocument {
  readonly name: string;
  /** Whether a person must approve before promotion into this environment. */
  readonly approval: boolean;
  /** Name of the service that releases here; `null`: this environment ends at promotion. */
  readonly service: string | null;
  /** Address at which the promoted model is served here and measured; `null`: nothing is measured here. */
  readonly servedAt: string | null;
  /** Whether promotion into this environment needs the latency verdict of one before it, where the policy limits latency. */
  readonly needsLatencyVerdict: boolean;
}

/** What images are made for: Linux with glibc, as distributions of the kinds of Debian and Red Hat have it. */
export type ImagePlatform = "linux/amd64" | "linux/arm64";

/** How a model becomes an image. */
export interface PackagingDocument {
  /** What model and server are put on: an image by digest with the locked environment's wheels, or what a Dockerfile builds. */
  readonly base:
    | { readonly kind: "image"; readonly reference: string; readonly lockFile: string | null }
    | { readonly kind: "dockerfile"; readonly file: string; readonly context: string };
  /** Registry and repository that images are pushed to; `null`: they stay among the hand-offs. */
  readonly repository: string | null;
  readonly platforms: readonly ImagePlatform[];
  /** Shell command of the user's own server; `null`: Slipway's. */
  readonly server: string | null;
  /** Files and folders of the repository, relative to root, that the image takes along. */
  readonly files: readonly string[];
}

/** Where model versions are registered. */
export interface RegistryDocument {
  readonly kind: "mlflow";
  /** Name of the registered model. */
  readonly model: string;
  /** Name of the experiment that runs are recorded in. */
  readonly experiment: string;
}

/** `directory` is for laptops and self-hosted runners with a shared disk; `s3` is any S3-compatible bucket. */
export type StoreDocument =
  | { readonly kind: "directory"; readonly path: string }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly prefix: string;
      readonly region: string;
      readonly endpoint: string | null;
    };

/** How evidence and promotion records are signed. */
export type SigningDocument =
  | { readonly kind: "keyless" }
  | { readonly kind: "kms"; readonly keyId: string; readonly region: string }
  /** ed25519 key from the secret `SLIPWAY_SIGNING_KEY`. */
  | { readonly kind: "ed25519" };
