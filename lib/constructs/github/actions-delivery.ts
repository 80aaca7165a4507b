import type { Construct } from "constructs";
import type { KeylessSigner } from "../../blueprint/identity";
import { Problems, type Problem } from "../../blueprint/problems";
import type { DeliverablePipeline, DeliverableRuntime, PipelineDelivery, VariableValue } from "../../blueprint/targets";
import type { PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import { Variable } from "../../jobs/variables";
import { DeliveredPipeline, type PlatformWorkflowOptions } from "./delivered-pipeline";
import type { DeliveryMode } from "./delivered-files";
import type { Deliverer } from "./deliverer";
import type { MergeRulesetOptions } from "./merge-ruleset";
import type { ModelRepository } from "./model-repository";
import { GITHUB_OIDC_ISSUER } from "./oidc-trust";
import { requireEnforced, type Unenforced } from "./repository-plan";

/** How a pipeline reaches a repository, and what its jobs run on. */
export interface GitHubActionsOptions {
  /**
   * How the pipeline's files reach the default branch: as one pull request that people merge, or written straight to it by an
   * account that the ruleset lets through.
   * @default "pullRequest"
   */
  readonly mode?: DeliveryMode;
  /**
   * Who runs `cdktf deploy`; the ruleset lets nobody else write to the default branch. Required in direct mode, and used there only.
   * @default nobody passes the ruleset
   */
  readonly deliveredBy?: Deliverer;
  /**
   * What a pull request needs; `false` installs no ruleset, for repositories whose organization has its own. The check
   * `slipway/verdict (<pipeline>)` is then required by nothing here.
   * @default one approving review and the pipeline's verdict
   */
  readonly ruleset?: MergeRulesetOptions | false;
  /**
   * What may be left unenforced because the repository's plan cannot enforce it.
   * @default none: it is an error
   */
  readonly acceptUnenforced?: readonly Unenforced[];
  /**
   * Labels of the runners, all of which a runner must have.
   * @default ["ubuntu-24.04"]
   */
  readonly runsOn?: readonly string[];
  /**
   * Whether the runners have docker, podman or buildah, which `Packaging.dockerfile()` needs. Nothing else does.
   * @default true on GitHub's own Ubuntu runners, false on any other
   */
  readonly canBuildImages?: boolean;
  /**
   * Other commits, or forks inside a company, of the actions that workflows use.
   * @default the pins of this release
   */
  readonly actions?: PlatformWorkflowOptions["actions"];
}

/** GitHub takes no more reviewers of an environment. */
const MOST_REVIEWERS = 6;

/** GitHub Actions of one repository as the delivery of pipelines. */
export class GitHubActionsDelivery implements PipelineDelivery<DeliveredPipeline> {
  public readonly repository: string;
  public readonly defaultBranch: string;
  private readonly mode: DeliveryMode;

  public constructor(
    private readonly target: ModelRepository,
    private readonly options: GitHubActionsOptions,
  ) {
    this.repository = target.fullName;
    this.defaultBranch = target.defaultBranch;
    this.mode = options.mode ?? "pullRequest";
    this.checkOptions();
  }

  public keylessSigner(pipeline: string): KeylessSigner {
    return {
      kind: "keyless",
      name: `${this.repository} delivery of ${pipeline}`,
      issuer: GITHUB_OIDC_ISSUER,
      identity: `https://github.com/${this.repository}/.github/workflows/slipway-${pipeline}-delivery.yml@refs/heads/${this.defaultBranch}`,
      assurance: "ci",
    };
  }

  public check({ manifest, approvers, runtime, variables }: DeliverablePipeline): readonly Problem[] {
    const problems = new Problems();
    const { plan, visibility } = this.target;
    const accepted = this.options.acceptUnenforced ?? [];
    requireEnforced("environments", plan, visibility, accepted, problems);
    if (this.options.ruleset !== false) requireEnforced("ruleset", plan, visibility, accepted, problems);
    if (this.options.ruleset !== false && this.options.ruleset?.mergeQueue === true) {
      requireEnforced("mergeQueue", plan, visibility, accepted, problems);
    }
    if (manifest.pipeline.environments.some(({ approval }) => approval)) {
      requireEnforced("requiredReviewers", plan, visibility, accepted, problems);
    }
    manifest.pipeline.environments.forEach(({ name, approval }, index) => {
      checkReviewers(`environments[${index}].reviewers`, approvers[name]?.length ?? 0, approval, problems);
    });
    this.checkNeighbours(manifest.pipeline.name, runtime, problems);
    this.checkStore(manifest.pipeline, variables, problems);
    this.checkBuilder(manifest.pipeline, problems);
    checkTexts(manifest.pipeline, variables, problems);
    for (const { path, content } of runtime.files) {
      const bytes = Buffer.byteLength(content);
      if (bytes < LARGEST_FILE) continue;
      problems.add(
        "runtime",
        `${path} of ${bytes} bytes`,
        "is larger than GitHub's contents API returns (1 MiB)",
        RUNTIME_REMEDY,
      );
    }
    return problems.list;
  }

  public deliver(scope: Construct, pipeline: DeliverablePipeline): DeliveredPipeline {
    return new DeliveredPipeline(scope, "delivery", {
      repository: this.target,
      pipeline,
      mode: this.mode,
      deliveredBy: this.mode === "direct" ? this.options.deliveredBy : undefined,
      ruleset: this.options.ruleset ?? {},
      unenforced: this.options.acceptUnenforced ?? [],
      workflow: {
        ...(this.options.runsOn && { runsOn: this.options.runsOn }),
        ...(this.options.actions && { actions: this.options.actions }),
      },
    });
  }

  /** What other pipelines have brought to the same repository. */
  private checkNeighbours(name: string, { files }: DeliverableRuntime, problems: Problems): void {
    if (this.target.pipelines.has(name)) {
      problems.add("name", name, "is a pipeline of this repository already", "Give each pipeline its own name.");
    }
    if (this.mode !== "direct" || !files.some((file) => this.target.sharedFiles.contradicts(file))) return;
    problems.add(
      "runtime",
      "(another Slipway)",
      "is not the one that another pipeline of this repository brought, and both stand in .slipway/runtime",
      "Give all pipelines of a repository the same runtime.",
    );
  }

  /** A runner of GitHub's is thrown away after each job, and with it every folder. */
  private checkStore(
    { store, environments }: PipelineDocument,
    variables: Readonly<Record<string, VariableValue>>,
    problems: Problems,
  ): void {
    if (environments.length === 0 || store?.kind !== "directory") return;
    if (this.options.runsOn !== undefined || Variable.store in variables) return;
    problems.add(
      "store",
      store.path,
      "is a folder that is gone with GitHub's runner before anything is promoted from it",
      `Use Store.s3(...), give variables: { ${Variable.store}: "s3://..." }, or name self-hosted runners that share a disk with runsOn.`,
    );
  }

  private checkBuilder({ packaging }: PipelineDocument, problems: Problems): void {
    if (packaging?.base.kind !== "dockerfile") return;
    const { runsOn, canBuildImages } = this.options;
    if (canBuildImages ?? (runsOn === undefined || runsOn.some((label) => label.startsWith("ubuntu-")))) return;
    problems.add(
      "packaging",
      `Packaging.dockerfile() on runners ${runsOn.join(", ")}`,
      "needs a container engine, which nothing says these runners have",
      "Use Packaging.image(), which needs none, or say that they have one: actions({ canBuildImages: true }).",
    );
  }

  private checkOptions(): void {
    const problems = new Problems();
    const { deliveredBy, ruleset } = this.options;
    if (this.mode === "direct" && ruleset !== false && deliveredBy === undefined) {
      problems.add(
        "deliveredBy",
        undefined,
        'is required with mode "direct": the ruleset would refuse the very files that install it',
        'Name who deploys, for example Deliverer.app(123456), or use mode "pullRequest".',
      );
    }
    if (this.mode === "pullRequest" && deliveredBy !== undefined) {
      problems.add(
        "deliveredBy",
        deliveredBy,
        'has no meaning with mode "pullRequest": nobody passes the ruleset there',
        'Leave it out, or use mode "direct".',
      );
    }
    const approvals = ruleset === false ? undefined : ruleset?.approvals;
    if (approvals !== undefined && !(Number.isInteger(approvals) && approvals >= 0 && approvals <= 10)) {
      problems.add(
        "ruleset.approvals",
        approvals,
        "is not a whole number from 0 to 10",
        "Write how many reviews are needed.",
      );
    }
    problems.throwIfAny(`actions() of GitHub repository ${this.repository}`);
  }
}

/**
 * Terraform normalises strings to Unicode NFC, and nothing can keep it from that. The manifest is written so that it does not
 * matter; a command in a workflow, or a variable, would silently become another one.
 */
function checkTexts(
  { commands, customStages }: PipelineDocument,
  variables: Readonly<Record<string, VariableValue>>,
  problems: Problems,
): void {
  const texts = [
    ["lint", commands.lint],
    ["test", commands.test],
    ...customStages.map(({ run }, index) => [`stages[${index}].run`, run] as const),
    ...Object.entries(variables).flatMap(([name, value]) =>
      typeof value === "string"
        ? [[`variables.${name}`, value] as const]
        : Object.entries(value).map(([environment, each]) => [`variables.${name}.${environment}`, each] as const),
    ),
  ] as const;
  for (const [path, text] of texts) {
    if (text === null || text.normalize("NFC") === text) continue;
    problems.add(
      path,
      text,
      "holds letters in parts (not Unicode NFC), which Terraform would put together",
      'Write them as one: text.normalize("NFC").',
    );
  }
}

/** Above this the contents API leaves a file's content out, and the provider would see a change in every plan. */
const LARGEST_FILE = 1024 * 1024;
const RUNTIME_REMEDY = "Pin the published package: JobRuntime.fromLockfile().";

function checkReviewers(path: string, named: number, approval: boolean, problems: Problems): void {
  if (approval && named === 0) {
    problems.add(
      path,
      [],
      "names nobody, so GitHub would let every promotion through",
      'Name who approves, for example [Reviewer.team("risk-owners")], or set approval: false.',
    );
  }
  if (named > MOST_REVIEWERS) {
    problems.add(
      path,
      `${named} reviewers`,
      `are more than the ${MOST_REVIEWERS} GitHub takes`,
      "Name a team of them instead.",
    );
  }
}
