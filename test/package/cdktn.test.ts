import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { packedSlipway } from "./packed-slipway";

/**
 * A platform program on cdktf, and on cdktn, which continues it. Libraries built on cdktf import `cdktf`, so cdktn stands in by
 * that name: an alias for the program, and an override for what libraries ask for as peers.
 */
interface Engine {
  readonly cdktf: string;
  readonly constructs: string;
}

const cdktf: Engine = { cdktf: "0.21.0", constructs: "10.4.2" };
const successors: readonly Engine[] = [
  { cdktf: "npm:cdktn@0.24.0", constructs: "10.6.0" },
  { cdktf: "npm:cdktn@0.24.0", constructs: "10.7.2" },
];

const program = `
import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { App, S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import { Environment, JobRuntime, metric, MlPipeline, QualityPolicy, Store, Training } from "slipway";
import { GitHubRepository, Reviewer } from "slipway/github";

const app = new App({ outdir: "cdktf.out" });
const stack = new TerraformStack(app, "delivery");
new S3Backend(stack, { bucket: "acme-terraform-state", key: "delivery", region: "eu-central-1" });
new GithubProvider(stack, "github", { owner: "acme" });
const repository = GitHubRepository.existing(stack, "repository", { name: "acme/insurance-risk", plan: "enterprise" });
const pipeline = new MlPipeline(stack, "insurance-risk", {
  delivery: repository.actions(),
  contract: "contracts/claims.odcs.yaml",
  train: Training.command("python train.py"),
  policy: new QualityPolicy({ accuracy: [metric("auc").atLeast(0.7)] }),
  repositoryPath: "model-repository",
  runtime: JobRuntime.fromLockfile("runtime-lock.json"),
  store: Store.s3({ bucket: "acme-models", region: "eu-central-1" }),
  environments: [Environment.staging(), Environment.production({ reviewers: [Reviewer.team("risk-owners")] })],
});
new TerraformOutput(stack, "path", { value: pipeline.node.path });
app.synth();
`;

let slipway: string;
/** The stack as cdktf synthesizes it. */
let onCdktf: Record<string, unknown>;
const projects: string[] = [];

beforeAll(() => {
  slipway = packedSlipway();
});
beforeAll(() => {
  const project = projectOn(cdktf, {});
  expect(install(project)).toMatchObject({ status: 0 });
  onCdktf = synthesize(project);
  expect(Object.keys(onCdktf.resource as object)).toContain("github_repository_file");
});
afterAll(() => {
  for (const project of projects) rmSync(project, { recursive: true, force: true });
});

interface Ran {
  readonly status: number | null;
  readonly output: string;
}

function run(cwd: string, command: string, ...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

/** A project that depends on the engine, the packed Slipway and the GitHub provider, as its user would write it. */
function projectOn({ cdktf: engine, constructs }: Engine, overrides: object): string {
  const project = mkdtempSync(join(tmpdir(), "slipway-platform-"));
  projects.push(project);
  const dependencies = {
    "@cdktf/provider-github": "15.3.1",
    "@duckdb/node-api": "1.5.5-r.5",
    cdktf: engine,
    constructs,
    slipway: `file:${slipway}`,
  };
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "platform", private: true, dependencies, overrides }),
  );
  return project;
}

function install(project: string): Ran {
  return run(project, "npm", "install", "--loglevel=error", "--ignore-scripts", "--no-audit", "--no-fund");
}

/** Type-checks the program with the libraries' own declarations, runs it, and returns the stack without its metadata. */
function synthesize(project: string): Record<string, unknown> {
  cpSync("test/constructs/model-repository", join(project, "model-repository"), { recursive: true });
  cpSync("test/constructs/program/package-lock.json", join(project, "runtime-lock.json"));
  writeFileSync(join(project, "main.ts"), program);
  const compilerOptions = { module: "node16", moduleResolution: "node16", target: "ES2022", strict: true, types: [] };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
  expect(run(project, "node", resolve("node_modules/typescript/lib/tsc.js"), "-p", ".")).toEqual({
    status: 0,
    output: "",
  });
  expect(run(project, "node", "main.js")).toEqual({ status: 0, output: "" });
  const text = readFileSync(join(project, "cdktf.out", "stacks", "delivery", "cdk.tf.json"), "utf8");
  return JSON.parse(text, (name, value: unknown) => (name === "//" ? undefined : value)) as Record<string, unknown>;
}

const overrides = { cdktf: "$cdktf", constructs: "$constructs" };

test.each(successors)("a program on $cdktf, constructs $constructs synthesizes what it did on cdktf", (engine) => {
  const project = projectOn(engine, overrides);
  expect(install(project)).toMatchObject({ status: 0 });
  const installed = readFileSync(join(project, "node_modules/cdktf/package.json"), "utf8");
  expect(JSON.parse(installed)).toMatchObject({ name: "cdktn", version: "0.24.0" });
  expect(synthesize(project)).toEqual(onCdktf);
});

test("without overrides npm refuses cdktn rather than installing both", () => {
  const { status, output } = install(projectOn(successors[0]!, {}));
  expect(status).not.toBe(0);
  expect(output).toContain("ERESOLVE");
});
