import type { DataSource } from "./data-source";
import type { Environment } from "./environment";
import { HeldOut } from "./held-out";
import type { Packaging } from "./packaging";
import type { PipelineDocument, PythonEnvironment, StageKind, TriggerDocument } from "./pipeline-document";
import { resolveCustomStages } from "./custom-stages";
import { Registry } from "./registry";
import { Signing } from "./signing";
import type { Stage } from "./stage";
import { Store } from "./store";
import type { Training } from "./training";
import { Trigger } from "./trigger";

/** What a user says about a pipeline, as far as it is the same on every engine and provider. */
export interface PipelineProps {
  /** How the model is trained. */
  readonly train: Training;
  /** Where the data snapshot of a run comes from. */
  readonly data: DataSource;
  /** The locked environment that the repository's commands run in; see {@link detectPythonEnvironment}. */
  readonly python: PythonEnvironment;
  /**
   * Folder of this model in the repository, for repositories with several models.
   * @default ".", the whole repository
   */
  readonly root?: string;
  /**
   * Command that checks the code's style; `false` leaves the stage out.
   * @default "ruff check ."
   */
  readonly lint?: string | false;
  /**
   * Command that runs the unit tests; `false` leaves the stage out.
   * @default "pytest"
   */
  readonly test?: string | false;
  /**
   * Which rows training never sees.
   * @default HeldOut.fraction(0.2)
   */
  readonly heldOut?: HeldOut;
  /**
   * Stages of the user's own.
   * @default none
   */
  readonly stages?: readonly Stage[];
  /**
   * What starts delivery. Pull requests and merge groups are always reviewed.
   * @default pushes to the default branch, and a person
   */
  readonly triggers?: readonly Trigger[];
  /**
   * Where models are promoted to, in order.
   * @default none: the pipeline ends at the registry
   */
  readonly environments?: readonly Environment[];
  /**
   * Where model versions are registered; `false` ends the pipeline at signed evidence.
   * @default an MLflow registry, its address deployed as `MLFLOW_TRACKING_URI`
   */
  readonly registry?: Registry | false;
  /**
   * Where models, evidence and promotion records are kept.
   * @default the folder `.slipway-store`, which serves laptops and self-hosted runners with a shared disk
   */
  readonly store?: Store;
  /**
   * How evidence and promotion records are signed.
   * @default Signing.keyless()
   */
  readonly signing?: Signing;
  /**
   * How models become images that serve them.
   * @default none: the pipeline ends at the model
   */
  readonly packaging?: Packaging;
  /**
   * Version of what clients see of the model, a whole number from 1. A model whose input or output breaks present clients is refused,
   * unless this was raised above the version of the model it would replace.
   * @default 1
   */
  readonly interfaceVersion?: number;
  /**
   * Minutes after which a stage is stopped and counts as failed, by stage.
   * @default 10 for lint, 30 for most, 180 for train
   */
  readonly timeoutMinutes?: Readonly<Partial<Record<StageKind, number>>>;
}

/** Every default resolved, nothing checked yet; see {@link checkPipeline}. */
export function pipelineDocument(name: string, props: PipelineProps): PipelineDocument {
  const environments = (props.environments ?? []).map(({ document }) => document);
  const registry = props.registry === false ? null : (props.registry ?? Registry.mlflow()).documentFor(name);
  const unstaged: PipelineDocument = {
    name,
    root: props.root ?? ".",
    python: props.python,
    commands: {
      lint: props.lint === false ? null : (props.lint ?? "ruff check ."),
      test: props.test === false ? null : (props.test ?? "pytest"),
      train: props.train.run,
      predict: props.train.predict,
    },
    data: props.data.document,
    heldOut: (props.heldOut ?? HeldOut.fraction(0.2)).document,
    customStages: [],
    triggers: withReviews(props.triggers ?? [Trigger.push(), Trigger.manual()]),
    environments,
    registry,
    store: (props.store ?? Store.directory(".slipway-store")).document,
    signing: (props.signing ?? Signing.keyless()).document,
    packaging: props.packaging?.document ?? null,
    interfaceVersion: props.interfaceVersion ?? 1,
    timeoutMinutes: {
      ...(props.train.timeoutMinutes === null ? {} : { train: props.train.timeoutMinutes }),
      ...props.timeoutMinutes,
    },
  };
  return { ...unstaged, customStages: resolveCustomStages(unstaged, props.stages ?? []) };
}

/** Every pull request and merge group is reviewed, whatever else starts the pipeline: a required check that does not run blocks every merge. */
function withReviews(triggers: readonly Trigger[]): readonly TriggerDocument[] {
  const documents = triggers.map(({ document }) => document);
  const missing = [Trigger.pullRequest(), Trigger.mergeGroup()]
    .map(({ document }) => document)
    .filter(({ kind }) => !documents.some((each) => each.kind === kind));
  return [...documents, ...missing];
}
