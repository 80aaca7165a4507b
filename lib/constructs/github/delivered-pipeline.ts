import { Token } from "cdktf";
import { Construct } from "constructs";
import type { DeliverableFile, DeliverablePipeline } from "../../blueprint/targets";
import { releaseManifestPath } from "../../blueprint/manifest/release-manifest";
import { environmentName } from "../../jobs/job-environments";
import { renderWorkflows } from "../../renderers/github/render-workflows";
import { requiredCheckName } from "../../renderers/github/verdict-job";
import type { WorkflowOptions } from "../../renderers/github/workflow-options";
import { escapeTerraformTemplate } from "../../renderers/terraform-text";
import { DeliveredEnvironment } from "./delivered-environment";
import { DeliveredFiles, type DeliveryMode } from "./delivered-files";
import type { Deliverer } from "./deliverer";
import { MergeRuleset, type MergeRulesetOptions } from "./merge-ruleset";
import type { ModelRepository } from "./model-repository";
import type { Unenforced } from "./repository-plan";
import { pipelineEnvironments } from "./pipeline-environments";

export interface DeliveredPipelineProps {
  readonly repository: ModelRepository;
  readonly pipeline: DeliverablePipeline;
  readonly mode: DeliveryMode;
  readonly deliveredBy: Deliverer | undefined;
  readonly ruleset: MergeRulesetOptions | false;
  readonly unenforced: readonly Unenforced[];
  readonly workflow: PlatformWorkflowOptions;
}

/** What the platform decides about generated workflows: runners and action pins. */
export type PlatformWorkflowOptions = Pick<WorkflowOptions, "actions" | "runsOn">;

/** Everything of one pipeline in one GitHub repository. */
export class DeliveredPipeline extends Construct {
  /** By name without the pipeline's prefix: those of Slipway's own jobs (`data`, `training`, `gate`, ...) and those promoted into. */
  public readonly environments: Readonly<Record<string, DeliveredEnvironment>>;
  public readonly files: DeliveredFiles;
  /** `undefined` where the repository's plan enforces none, or none was wanted. */
  public readonly mergeRuleset: MergeRuleset | undefined;

  public constructor(scope: Construct, id: string, props: DeliveredPipelineProps) {
    super(scope, id);
    const { repository, pipeline } = props;
    const { name } = pipeline.manifest.pipeline;
    const workflows = workflowFiles(pipeline, props.workflow);
    this.environments = this.makeEnvironments(props);
    this.files = new DeliveredFiles(this, "files", {
      mode: props.mode,
      repository: repository.repositoryName,
      defaultBranch: repository.defaultBranch,
      pipeline: name,
      manifest: { path: releaseManifestPath(name), content: pipeline.manifestText },
      runtime: pipeline.runtime.files,
      workflows,
      shared: repository.sharedFiles,
      dependsOn: [
        ...repository.standsBeforePipelines,
        ...Object.values(this.environments).flatMap(({ environment, branchPolicy }) => [environment, branchPolicy]),
      ],
      provider: repository.provider,
    });
    repository.pipelines.add(name);
    repository.allowActions(usedActions(workflows));
    if (props.ruleset !== false && !props.unenforced.includes("ruleset")) {
      this.mergeRuleset = this.makeRuleset(props, props.ruleset);
    }
  }

  private makeEnvironments(props: DeliveredPipelineProps): Readonly<Record<string, DeliveredEnvironment>> {
    const { repository, pipeline, unenforced } = props;
    const prefix = pipeline.manifest.pipeline.name;
    return Object.fromEntries(
      pipelineEnvironments(pipeline.manifest).map(({ name, variables, promotes }) => [
        name,
        new DeliveredEnvironment(this, `environment-${name}`, {
          repository: repository.repositoryName,
          name: environmentName(prefix, name),
          defaultBranch: repository.defaultBranch,
          approvers: promotes && !unenforced.includes("requiredReviewers") ? (pipeline.approvers[name] ?? []) : [],
          variables: {
            ...deployTimeValues(pipeline, name, variables),
            ...(promotes && promotionValues(pipeline, name)),
          },
          provider: repository.provider,
        }),
      ]),
    );
  }

  private makeRuleset(props: DeliveredPipelineProps, options: MergeRulesetOptions): MergeRuleset {
    const { repository, pipeline } = props;
    return new MergeRuleset(this, "merge", {
      repository: repository.repositoryName,
      pipeline: pipeline.manifest.pipeline.name,
      requiredCheck: requiredCheckName(pipeline.manifest.pipeline.name),
      options,
      codeOwnerReview: repository.hasCodeOwners,
      bypass: props.deliveredBy,
      // Removed first on destroy: what it protects could not be removed before it.
      dependsOn: [
        ...repository.standsBeforePipelines,
        this.files.manifest,
        ...this.files.runtime,
        ...this.files.workflows,
        ...(this.files.pullRequest ? [this.files.pullRequest] : []),
      ],
      provider: repository.provider,
    });
  }
}

function workflowFiles(pipeline: DeliverablePipeline, options: PlatformWorkflowOptions): readonly DeliverableFile[] {
  const { vendoredPackage, lockSha256 } = pipeline.runtime;
  return renderWorkflows(pipeline.manifest, {
    ...options,
    manifestDigest: pipeline.manifestDigest,
    runtimeLockSha256: lockSha256,
    ...(vendoredPackage !== null && { vendoredPackage }),
  }).map(({ path, text }) => ({ path, content: text }));
}

/** The actions that workflows use, as `owner/name`. */
function usedActions(workflows: readonly DeliverableFile[]): readonly string[] {
  const uses = workflows.flatMap(({ content }) => [...content.matchAll(/\buses: ([\w.-]+\/[\w.-]+)[@/]/g)]);
  return uses.map(([, action]) => action!);
}

/** The values given for the variables that an environment's jobs read; what the user typed is escaped, what Terraform fills in is not. */
function deployTimeValues(
  pipeline: DeliverablePipeline,
  environment: string,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const given = pipeline.variables[name];
      const value = typeof given === "object" ? given[environment] : given;
      if (value === undefined) return [];
      return [[name, Token.isUnresolved(value) ? value : escapeTerraformTemplate(value)]];
    }),
  );
}

/** What promotion believes, kept outside the files of the repository that is judged. */
function promotionValues(pipeline: DeliverablePipeline, environment: string): Record<string, string> {
  return {
    SLIPWAY_ACCEPTED_POLICIES: escapeTerraformTemplate(JSON.stringify(pipeline.acceptedPolicies)),
    SLIPWAY_SIGNERS: escapeTerraformTemplate(JSON.stringify(pipeline.signers[environment] ?? [])),
  };
}
