export type {
  CheckMeasure,
  ContractCheck,
  Expectation,
  RowRule,
  ScalarValue,
} from "./blueprint/contract/contract-check";
export type { ContractColumn, LogicalType } from "./blueprint/contract/contract-column";
export { DataContract } from "./blueprint/contract/data-contract";
export type { LeakageLimits } from "./blueprint/contract/leakage-limits";
export type { ContractRoles } from "./blueprint/contract/roles";
export { Duration } from "./blueprint/duration";
export type {
  Approver,
  Assurance,
  KeylessSigner,
  PublicKeySigner,
  TrustedSigner,
  WorkloadIdentity,
} from "./blueprint/identity";
export type { ReleaseManifest } from "./blueprint/manifest/release-manifest";
export {
  DataSource,
  type DataCommandOptions,
  type SampleOptions,
  type UrlOptions,
} from "./blueprint/pipeline/data-source";
export { Environment, type EnvironmentOptions } from "./blueprint/pipeline/environment";
export { HeldOut, type HeldOutFromOptions, type HeldOutOptions } from "./blueprint/pipeline/held-out";
export {
  Packaging,
  type DockerfileOptions,
  type ImageOptions,
  type PackagingOptions,
} from "./blueprint/pipeline/packaging";
export type * from "./blueprint/pipeline/pipeline-document";
export type { PipelineProps } from "./blueprint/pipeline/pipeline-props";
export type { PythonChoice } from "./blueprint/pipeline/python-environment";
export { Registry, type MlflowOptions } from "./blueprint/pipeline/registry";
export { Signing, type KmsOptions } from "./blueprint/pipeline/signing";
export { Stage, type StageOptions } from "./blueprint/pipeline/stage";
export { Store, type S3Options } from "./blueprint/pipeline/store";
export { Training, type TrainingOptions } from "./blueprint/pipeline/training";
export { Trigger, type DriftTriggerOptions, type NewDataOptions } from "./blueprint/pipeline/trigger";
export { scoreAtLeast, topFraction } from "./blueprint/policy/decision-rule";
export {
  calibrationWithinGroups,
  demographicParityDifference,
  demographicParityRatio,
  equalizedOddsDifference,
  equalizedOddsRatio,
  equalOpportunityDifference,
  type GroupOptions,
  type LowerLimit,
  type UpperLimit,
} from "./blueprint/policy/fairness";
export {
  declaredMetric,
  metric,
  type MarginOptions,
  type MetricBuilder,
  type SliceBuilder,
  type ThresholdOptions,
} from "./blueprint/policy/metric";
export type * from "./blueprint/policy/policy-document";
export {
  QualityPolicy,
  type DriftLimits,
  type QualityPolicyProps,
  type ServingLimits,
} from "./blueprint/policy/quality-policy";
export { InvalidInputError, type Problem } from "./blueprint/problems";
export { Signer, type SignerOptions } from "./blueprint/signer";
export type {
  DeliverableFile,
  DeliverablePipeline,
  DeliverableRuntime,
  PipelineDelivery,
  VariableValue,
} from "./blueprint/targets";
export { JobRuntime } from "./constructs/pipeline/job-runtime";
export { MlPipeline, type MlPipelineProps } from "./constructs/pipeline/ml-pipeline";
