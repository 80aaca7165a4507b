export {
  DataSource,
  type DataCommandOptions,
  type SampleOptions,
  type UrlOptions,
} from "./blueprint/pipeline/data-source";
export { Environment, type EnvironmentOptions } from "./blueprint/pipeline/environment";
export { HeldOut, type HeldOutFromOptions, type HeldOutOptions } from "./blueprint/pipeline/held-out";
export type { PythonChoice } from "./blueprint/pipeline/python-environment";
export { Registry, type MlflowOptions } from "./blueprint/pipeline/registry";
export { Signing, type KmsOptions } from "./blueprint/pipeline/signing";
export { Stage, type StageOptions } from "./blueprint/pipeline/stage";
export { Store, type S3Options } from "./blueprint/pipeline/store";
export { Training, type TrainingOptions } from "./blueprint/pipeline/training";
export { Trigger, type DriftTriggerOptions, type NewDataOptions } from "./blueprint/pipeline/trigger";
export { InvalidInputError, type Problem } from "./blueprint/problems";
