import type { CustomStage, Line, PipelineDocument } from "../blueprint/pipeline/pipeline-document";
import type { StageNode } from "../blueprint/pipeline/known-stages";
import type { HandoffName, Holdings, Step } from "./job";
import { JobEnvironment } from "./job-environments";
import { Secret, TRACKING_SECRETS, Variable } from "./variables";

/** What a stage does and what it needs in its hands, apart from where it stands in the graph. */
export interface StageWork {
  readonly title: string;
  readonly takes: readonly HandoffName[];
  readonly cites: readonly HandoffName[];
  readonly gives: readonly HandoffName[];
  readonly outputs: readonly string[];
  readonly holdings: Holdings;
  readonly steps: readonly Step[];
  readonly environment: string | null;
  readonly secrets: readonly string[];
  readonly variables: readonly string[];
}

const NOTHING: Holdings = {
  userCode: false,
  rawData: false,
  labels: false,
  signingKey: false,
  tracking: false,
  registry: false,
  store: "none",
  cloudIdentity: false,
  cache: false,
};

const SLIPWAY_ONLY: readonly Step[] = [{ kind: "checkout", only: "slipway-folder" }, { kind: "install-slipway" }];

type Work = Omit<StageWork, "holdings"> & { readonly holdings: Partial<Holdings> };

const NO_WORK: Omit<Work, "title" | "steps"> = {
  takes: [],
  cites: [],
  gives: [],
  outputs: [],
  holdings: {},
  environment: null,
  secrets: [],
  variables: [],
};

/** The work of one stage on one line. Environments, secrets and variables belong to delivery: a review has none of them. */
export function stageWork(pipeline: PipelineDocument, line: Line, stage: StageNode): StageWork {
  const work = { ...NO_WORK, ...workOf(new Stages(pipeline, line), stage) };
  const holdings = { ...NOTHING, ...work.holdings };
  if (line === "delivery") return { ...work, holdings };
  return {
    ...work,
    environment: null,
    secrets: [],
    variables: [],
    holdings: {
      ...holdings,
      labels: false,
      signingKey: false,
      tracking: false,
      registry: false,
      store: "none",
      cloudIdentity: false,
    },
  };
}

type PartialWork = Pick<Work, "title" | "steps"> & Partial<Work>;

function workOf(stages: Stages, stage: StageNode): PartialWork {
  switch (stage.kind) {
    case "lint":
      return stages.shell("Lint", stages.pipeline.commands.lint!);
    case "test":
      return stages.shell("Unit tests", stages.pipeline.commands.test!);
    case "custom":
      return stages.custom(stage.id);
    case "acquire":
      return stages.acquire();
    case "validate-data":
      return stages.validateData();
    case "detect":
      return stages.detect();
    case "split":
      return stages.split();
    case "baseline":
      return stages.baseline();
    case "train":
      return stages.train();
    case "predict":
      return stages.predict();
    case "gate":
      return stages.gate();
    case "register":
      return stages.register();
    case "promote":
      return stages.promote(stage.environment!);
    case "release":
      return stages.inService("Release to", "release", stage.environment!);
    case "verify":
      return stages.inService("Verify in", "verify", stage.environment!);
  }
}

/** What an environment accepts, kept outside of everything that the judged repository can change. */
const PROMOTION_VARIABLES: readonly string[] = [Variable.acceptedPolicies, Variable.signers];

/** One method per stage, in the order of a pipeline. */
class Stages {
  private readonly review: boolean;
  /** A bucket is reached with the job's own identity; a folder needs none. */
  private readonly storeIdentity: boolean;
  private readonly signingIdentity: boolean;
  private readonly storeVariables: readonly string[];
  private readonly signingVariables: readonly string[];
  private readonly signingSecrets: readonly string[];
  private readonly trackingSecrets: readonly string[];
  private readonly trackingVariables: readonly string[];

  public constructor(
    public readonly pipeline: PipelineDocument,
    private readonly line: Line,
  ) {
    this.review = line === "review";
    this.storeIdentity = pipeline.store?.kind === "s3";
    this.signingIdentity = pipeline.signing.kind !== "ed25519";
    this.storeVariables = [Variable.store, ...(this.storeIdentity ? [Variable.awsRole] : [])];
    this.signingVariables = pipeline.signing.kind === "kms" ? [Variable.awsRole] : [];
    this.signingSecrets = pipeline.signing.kind === "ed25519" ? [Secret.signingKey] : [];
    this.trackingSecrets = pipeline.registry === null ? [] : TRACKING_SECRETS;
    this.trackingVariables = pipeline.registry === null ? [] : [Variable.trackingUri];
  }

  public shell(title: string, run: string): PartialWork {
    return {
      title,
      holdings: { userCode: true, cache: true },
      steps: [
        { kind: "checkout", only: "everything" },
        this.installPython(),
        { kind: "shell", title, run, directory: this.pipeline.root },
      ],
    };
  }

  public custom(name: string): PartialWork {
    const stage = this.pipeline.customStages.find((each: CustomStage) => each.name === name)!;
    return this.shell(name, stage.run);
  }

  public acquire(): PartialWork {
    const { data } = this.pipeline;
    const userCode = data.kind === "command" && !this.review;
    const fromRepository = userCode || this.review || data.kind === "file";
    return {
      title: this.review ? "Take the data sample" : "Acquire the data",
      gives: ["data"],
      holdings: { userCode, rawData: !this.review },
      steps: [
        { kind: "checkout", only: fromRepository ? "everything" : "slipway-folder" },
        { kind: "install-slipway" },
        ...(userCode ? [this.installPython()] : []),
        this.slipway("Acquire the data", ["acquire", ...(this.review ? ["--sample"] : [])]),
      ],
      environment: JobEnvironment.acquire,
      variables: [Variable.handoffRecipient],
    };
  }

  public validateData(): PartialWork {
    return {
      title: "Validate the data",
      takes: ["data"],
      holdings: { labels: true },
      steps: [...SLIPWAY_ONLY, this.slipway("Hold the data against its contract", ["validate-data"])],
      environment: JobEnvironment.data,
      secrets: [Secret.handoffKey],
    };
  }

  public detect(): PartialWork {
    return {
      title: "Look for new data and drift",
      takes: ["data"],
      outputs: ["due"],
      holdings: { labels: true, store: "read", cloudIdentity: this.storeIdentity },
      steps: [...SLIPWAY_ONLY, this.slipway("Decide whether this run goes on", ["detect"])],
      environment: JobEnvironment.data,
      secrets: [Secret.handoffKey],
      variables: this.storeVariables,
    };
  }

  public split(): PartialWork {
    return {
      title: "Split off the held-out part",
      takes: ["data"],
      gives: ["training", "features", "labels"],
      holdings: { labels: true },
      steps: [...SLIPWAY_ONLY, this.slipway("Split off the held-out part", ["split"])],
      environment: JobEnvironment.data,
      secrets: [Secret.handoffKey],
      variables: [Variable.handoffRecipient],
    };
  }

  public baseline(): PartialWork {
    return {
      title: "Fetch the models to compare with",
      gives: ["baseline"],
      holdings: { store: "read", cloudIdentity: this.storeIdentity },
      steps: [...SLIPWAY_ONLY, this.slipway("Fetch the models to compare with", ["baseline"])],
      environment: JobEnvironment.baseline,
      variables: this.storeVariables,
    };
  }

  public train(): PartialWork {
    return {
      title: this.review ? "Train on the sample" : "Train",
      takes: ["training"],
      gives: ["model"],
      holdings: { userCode: true, tracking: this.pipeline.registry !== null, cache: true },
      steps: [...this.withPython(), this.slipway("Train", ["train"])],
      environment: JobEnvironment.training,
      secrets: this.trackingSecrets,
      variables: this.trackingVariables,
    };
  }

  public predict(): PartialWork {
    return {
      title: "Predict the held-out part",
      takes: ["features", "model", ...(this.review ? [] : (["baseline"] as const))],
      gives: ["predictions"],
      holdings: { userCode: true, cache: true },
      steps: [...this.withPython(), this.slipway("Predict the held-out part", ["predict"])],
    };
  }

  public gate(): PartialWork {
    return {
      title: this.review ? "Measure (nothing is enforced)" : "Gate",
      takes: ["labels", "predictions", "model", ...(this.review ? [] : (["baseline"] as const))],
      cites: ["data", "training"],
      gives: ["evidence"],
      holdings: { labels: true, signingKey: true, cloudIdentity: this.signingIdentity },
      steps: [...SLIPWAY_ONLY, this.slipway("Measure, judge, sign", ["gate", ...(this.review ? ["--smoke"] : [])])],
      environment: JobEnvironment.gate,
      secrets: [Secret.handoffKey, ...this.signingSecrets],
      variables: this.signingVariables,
    };
  }

  public register(): PartialWork {
    return {
      title: "Register the model",
      takes: ["model", "evidence"],
      holdings: { registry: true, tracking: true, store: "write", cloudIdentity: this.storeIdentity },
      steps: [...SLIPWAY_ONLY, this.slipway("Register the model", ["register"])],
      environment: JobEnvironment.registry,
      secrets: this.trackingSecrets,
      variables: [...this.trackingVariables, ...this.storeVariables],
    };
  }

  public promote(environment: string): PartialWork {
    return {
      title: `Promote to ${environment}`,
      takes: ["evidence"],
      holdings: {
        registry: true,
        signingKey: true,
        store: "write",
        cloudIdentity: this.storeIdentity || this.signingIdentity,
      },
      steps: [...SLIPWAY_ONLY, this.slipway(`Promote to ${environment}`, ["promote", environment])],
      environment,
      secrets: [...this.trackingSecrets, ...this.signingSecrets],
      variables: [
        ...new Set([...this.trackingVariables, ...this.storeVariables, ...this.signingVariables]),
        ...PROMOTION_VARIABLES,
      ],
    };
  }

  public inService(verb: string, command: "release" | "verify", environment: string): PartialWork {
    const title = `${verb} ${environment}`;
    return {
      title,
      takes: ["evidence"],
      holdings: { store: "read", cloudIdentity: true },
      steps: [...SLIPWAY_ONLY, this.slipway(title, [command, environment])],
      environment,
      variables: [...this.storeVariables, ...PROMOTION_VARIABLES],
    };
  }

  private withPython(): readonly Step[] {
    return [{ kind: "checkout", only: "everything" }, { kind: "install-slipway" }, this.installPython()];
  }

  private installPython(): Step {
    return { kind: "install-python", python: this.pipeline.python, directory: this.pipeline.root };
  }

  private slipway(title: string, command: readonly string[]): Step {
    return { kind: "slipway", title, command: this.review ? [...command, "--line", this.line] : command };
  }
}
