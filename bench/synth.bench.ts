/**
 * Synth of a pipeline (read the contract, check everything, render manifest and workflows, build the stack, write its JSON)
 * against a raw cdktf program that holds the very same resources, texts already rendered, as literals.
 *
 *   npx tsx bench/synth.bench.ts [rounds]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { ActionsEnvironmentVariable } from "@cdktf/provider-github/lib/actions-environment-variable";
import { DataGithubRestApi } from "@cdktf/provider-github/lib/data-github-rest-api";
import { DataGithubTeam } from "@cdktf/provider-github/lib/data-github-team";
import { RepositoryEnvironment } from "@cdktf/provider-github/lib/repository-environment";
import { RepositoryEnvironmentDeploymentPolicy } from "@cdktf/provider-github/lib/repository-environment-deployment-policy";
import { RepositoryFile } from "@cdktf/provider-github/lib/repository-file";
import { RepositoryPullRequest } from "@cdktf/provider-github/lib/repository-pull-request";
import { RepositoryRuleset } from "@cdktf/provider-github/lib/repository-ruleset";
import { TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";
import { aPipeline, aStack } from "../test/constructs/a-program";

type Block = Record<string, unknown>;
type Blocks = Record<string, Record<string, Block>>;

/** The provider's classes by Terraform's name of what they make; each takes its own configuration. */
const CLASSES: Readonly<Record<string, new (scope: Construct, id: string, config: never) => Construct>> = {
  github_actions_environment_variable: ActionsEnvironmentVariable,
  github_repository_environment: RepositoryEnvironment,
  github_repository_environment_deployment_policy: RepositoryEnvironmentDeploymentPolicy,
  github_repository_file: RepositoryFile,
  github_repository_pull_request: RepositoryPullRequest,
  github_repository_ruleset: RepositoryRuleset,
  github_rest_api: DataGithubRestApi,
  github_team: DataGithubTeam,
};

function synthesizePipeline(): string {
  return Testing.synth(TerraformStack.of(aPipeline()));
}

/** The raw program's literals: what a person would have typed, had they rendered every text by hand. */
function literals(plan: string): readonly (readonly [string, string, Block])[] {
  const { resource, data } = JSON.parse(plan) as { resource: Blocks; data: Blocks };
  return [data, resource].flatMap((kind) =>
    Object.entries(kind).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, block]) => [type, id, camelCased(block) as Block] as const),
    ),
  );
}

function synthesizeRaw(resources: ReturnType<typeof literals>): string {
  const stack = aStack();
  for (const [type, id, config] of resources) new CLASSES[type]!(stack, id, config as never);
  return Testing.synth(stack);
}

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [camelCase(key), camelCased(each)] as const);
  // In the plan a dependency is an address; a program names the construct. The order costs nothing and is left out.
  return Object.fromEntries(entries.filter(([key]) => key !== "dependsOn"));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function millis(work: () => unknown): number {
  const begin = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const rounds = Number(process.argv[2] ?? 40);
const resources = literals(synthesizePipeline());
synthesizeRaw(resources);
const ours: number[] = [];
const raw: number[] = [];
for (let round = 0; round < rounds; round++) {
  ours.push(millis(synthesizePipeline));
  raw.push(millis(() => synthesizeRaw(resources)));
}
const ratios = ours.map((time, round) => time / raw[round]!);
const report = `# Synth

\`npx tsx bench/synth.bench.ts ${rounds}\` on ${new Date().toISOString().slice(0, 10)}: Node.js ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown"}.

One pipeline that promotes to two environments: ${resources.length} resources and data sources. Ours reads the contract, checks the
program, renders manifest, runtime and workflows and builds the stack; the raw program builds the same resources from texts that
are already rendered. Both in one process, in turns, warm; medians of ${rounds} rounds.

| program | median |
| --- | ---: |
| \`MlPipeline\` | ${median(ours).toFixed(0)} ms |
| raw cdktf | ${median(raw).toFixed(0)} ms |
| **ratio** (median of rounds) | **${median(ratios).toFixed(2)}** |
`;
mkdirSync(join(__dirname, "results"), { recursive: true });
writeFileSync(join(__dirname, "results", "synth.md"), report);
console.log(report);
