import type { Construct } from "constructs";
import type { DataContract } from "../../blueprint/contract/data-contract";
import { releaseManifest, releaseManifestDigest, releaseManifestText } from "../../blueprint/manifest/release-manifest";
import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import { checkPipeline } from "../../blueprint/pipeline/check-pipeline";
import { DataSource } from "../../blueprint/pipeline/data-source";
import { pipelineDocument } from "../../blueprint/pipeline/pipeline-props";
import type { PipelineDocument, PythonEnvironment } from "../../blueprint/pipeline/pipeline-document";
import { Problems } from "../../blueprint/problems";
import type { DeliverablePipeline, VariableValue } from "../../blueprint/targets";
import { lower } from "../../jobs/lower";
import { Variable } from "../../jobs/variables";
import { refuseDeployTimeValues } from "./deploy-time-values";
import { JobRuntime, type LoadedRuntime } from "./job-runtime";
import type { MlPipelineProps } from "./ml-pipeline";
import { ModelRepositoryFolder, programFolder } from "./model-repository-folder";
import { checkAgainstContract } from "./policy-fits-contract";
import { requireLatencyVerdict } from "./latency-verdict";
import { trustedSigners } from "./trusted-signers";

/** Stand in for what could not be read, so that everything else is still checked; a plan with them is never made. */
const UNREAD_PYTHON: PythonEnvironment = { version: "3.12", manager: "uv", lockFile: "uv.lock" };
const UNREAD_DATA = DataSource.file("data.parquet");
const UNREAD_RUNTIME: LoadedRuntime = { version: "0", integrity: "", files: [], lockSha256: "", vendoredPackage: null };

/**
 * Reads and checks everything a user said of a pipeline, before anything is made.
 *
 * @throws InvalidInputError naming every problem at once
 */
export function checkedPipeline(scope: Construct, name: string, props: MlPipelineProps<unknown>): DeliverablePipeline {
  const problems = new Problems();
  requireProps(props, problems);
  problems.throwIfAny(`MlPipeline ${JSON.stringify(name)}`);
  refuseDeployTimeValues(reachingTheRepository(name, props), "", problems);

  const start = programFolder(scope);
  const folder = new ModelRepositoryFolder(start, props.repositoryPath ?? ".", props.root ?? ".");
  const contract = typeof props.contract === "string" ? folder.readContract(props.contract, problems) : props.contract;
  const python = statedPython(props) ?? folder.detectPython(props.python ?? {}, problems) ?? UNREAD_PYTHON;
  const data = props.data ?? dataOfContract(contract, problems) ?? UNREAD_DATA;
  const runtime = (props.runtime ?? JobRuntime.fromLockfile()).load(start, problems) ?? UNREAD_RUNTIME;

  const pipeline = pipelineDocument(name, { ...props, python, data });
  problems.addAll(checkPipeline(pipeline));
  refuseReleases(pipeline, problems);
  const policy = props.policy.toDocument();
  if (contract !== null) checkAgainstContract(policy, pipeline, contract, problems);
  requireLatencyVerdict(policy, pipeline, problems);
  checkVariables(props, pipeline, problems);
  const signers = trustedSigners(pipeline, props.trustedSigners, props.delivery.keylessSigner(name), problems);

  const parts = {
    repository: props.delivery.repository,
    defaultBranch: props.delivery.defaultBranch,
    pipeline,
    policy,
    contract: contract?.document ?? {},
    runtime: { version: runtime.version, integrity: runtime.integrity },
  };
  const unchecked: ReleaseManifest = { kind: "slipway.release-manifest", version: 1, ...parts };
  const deliverable = {
    runtime,
    approvers: Object.fromEntries(
      (props.environments ?? []).map(({ document, reviewers }) => [document.name, reviewers]),
    ),
    variables: props.variables ?? {},
    acceptedPolicies: { gate: [props.policy.digest("gate")], serving: [props.policy.digest("serving")] },
    signers: Object.fromEntries(pipeline.environments.map((environment) => [environment.name, signers])),
  };
  problems.addAll(props.delivery.check({ ...deliverable, manifest: unchecked, manifestText: "", manifestDigest: "" }));
  problems.throwIfAny(`MlPipeline ${JSON.stringify(name)}`);

  const manifest = releaseManifest(parts);
  return {
    ...deliverable,
    manifest,
    manifestText: releaseManifestText(manifest),
    manifestDigest: releaseManifestDigest(manifest),
  };
}

/** What the platform says by other props, and nobody by hand. */
const RESERVED_VARIABLES: readonly string[] = [Variable.acceptedPolicies, Variable.signers];

/** For programs that no compiler checked. */
function requireProps(props: Partial<MlPipelineProps<unknown>>, problems: Problems): void {
  for (const required of ["delivery", "contract", "train", "policy"] as const) {
    if (props[required] !== undefined) continue;
    problems.add(required, undefined, "is required", "Every pipeline has delivery, contract, train and policy.");
  }
}

/** What makes the delivery, and what exists for deploy-time values, never ends up in a file of the repository. */
const NOT_IN_THE_REPOSITORY: readonly string[] = [
  "delivery",
  "variables",
  "runtime",
] satisfies (keyof MlPipelineProps<unknown>)[];

function reachingTheRepository(name: string, props: MlPipelineProps<unknown>): object {
  const entries = Object.entries(props).filter(([key]) => !NOT_IN_THE_REPOSITORY.includes(key));
  return { name, ...Object.fromEntries(entries) };
}

function statedPython({ python }: MlPipelineProps<unknown>): PythonEnvironment | undefined {
  return python !== undefined && "manager" in python ? python : undefined;
}

/** A contract may say itself where its data is: its first server, when that is a file of the repository. */
function dataOfContract(contract: DataContract | null, problems: Problems): DataSource | null {
  if (contract === null) return null;
  const servers = contract.document.servers;
  const server: unknown = Array.isArray(servers) ? servers[0] : undefined;
  if (
    typeof server === "object" &&
    server !== null &&
    "type" in server &&
    server.type === "local" &&
    "path" in server
  ) {
    return DataSource.file(String(server.path));
  }
  problems.add(
    "data",
    undefined,
    "is missing, and the contract's first server is not a file of the repository",
    "Say where the data is: data: DataSource.file(...), DataSource.url(...) or DataSource.command(...).",
  );
  return null;
}

/** The graph knows release stages; the command that their jobs would run has no `release`. */
function refuseReleases({ environments }: PipelineDocument, problems: Problems): void {
  environments.forEach(({ service }, index) => {
    if (service === null) return;
    problems.add(
      `environments[${index}].service`,
      service,
      "would be released by a command that this version does not have",
      "Leave it out: the pipeline ends at promotion.",
    );
  });
}

function checkVariables(props: MlPipelineProps<unknown>, pipeline: PipelineDocument, problems: Problems): void {
  if (problems.list.length > 0 || props.variables === undefined) return;
  const jobs = lower({ pipeline }, "delivery");
  const readers = new Map<string, string[]>();
  for (const { environment, variables } of jobs) {
    for (const name of environment === null ? [] : variables) {
      readers.set(name, [...new Set([...(readers.get(name) ?? []), environment!])]);
    }
  }
  for (const reserved of RESERVED_VARIABLES) readers.delete(reserved);
  for (const [name, value] of Object.entries(props.variables)) {
    const environments = readers.get(name);
    if (RESERVED_VARIABLES.includes(name)) {
      problems.add(
        `variables.${name}`,
        value,
        "is what the platform says by policy and trustedSigners",
        "Leave it out.",
      );
    } else if (environments === undefined) {
      const names = [...readers.keys()].sort().join(", ");
      problems.add(`variables.${name}`, value, "is read by no job of this pipeline", `Jobs read ${names}.`);
    } else {
      checkValues(`variables.${name}`, value, environments, problems);
    }
  }
}

function checkValues(path: string, value: VariableValue, environments: readonly string[], problems: Problems): void {
  const values =
    typeof value === "string"
      ? [[path, value] as const]
      : Object.entries(value).map(([name, each]) => [`${path}.${name}`, each] as const);
  for (const [at, each] of values) {
    if (each === "") problems.add(at, each, "is empty, which GitHub refuses", "Give it a value, or leave it out.");
  }
  if (typeof value === "string") return;
  for (const name of Object.keys(value).filter((each) => !environments.includes(each))) {
    problems.add(
      `${path}.${name}`,
      value[name],
      "is for an environment whose jobs do not read it",
      `Name one of ${environments.join(", ")}.`,
    );
  }
}
