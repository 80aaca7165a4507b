import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { plannedFiles, planTree, readPlan, type Plan } from "./plan-tree";
import { servedModel } from "./served-model";

/** What `npm run demo` shows: the plan, a model that reaches staging in an image on this machine, and a worse one that is refused. */
function main(): void {
  const started = Date.now();
  say("1. The platform's program becomes a Terraform plan");
  must(process.platform === "win32" ? "npm.cmd" : "npm", ["run", "--silent", "synth"]);
  const plan = readPlan("cdktf.out/stacks/insurance-risk-delivery/cdk.tf.json");
  console.log(planTree(plan));

  say("2. Its pipeline runs on this machine, on the RAND Health Insurance Experiment");
  const repository = modelRepository(plan);
  const first = slipway(repository, ["run"]);
  if (first !== 0) stop(`the first run ended with ${first}; read the logs named above`, repository);

  say("3. The model became an image; its server was held against the contract and measured (a smoke test)");
  console.log(servedModel(repository));

  say("4. A colleague drops everything but the insurance plan from the features");
  makeWorse(repository);
  const second = slipway(repository, ["run"]);
  // 3 says refused: the same code that a job of the CI would end with.
  if (second !== 3) stop(`the worse model should have been refused (3), the run ended with ${second}`, repository);

  say(`Done in ${((Date.now() - started) / 60_000).toFixed(1)} minutes`);
  console.log(`The good model is in staging; the worse one was refused by the same limits that the CI would hold it to.
Runs, evidence and the store stay in ${repository}
Read on: docs/tutorial.md`);
}

function say(heading: string): void {
  console.log(`\n== ${heading}\n`);
}

/** The example's repository as it stands after Terraform delivered the plan's files into it. */
function modelRepository(plan: Plan): string {
  const repository = mkdtempSync(join(tmpdir(), "insurance-risk-"));
  cpSync("examples/insurance-risk/repository", repository, { recursive: true });
  for (const { path, content } of plannedFiles(plan)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), content);
  }
  git(repository, ["init", "--quiet", "--initial-branch", "main"]);
  commit(repository, "Deliver the pipeline");
  return repository;
}

function makeWorse(repository: string): void {
  const file = join(repository, "params.json");
  const params = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, `${JSON.stringify({ ...params, features: ["plan", "coins"] }, null, 2)}\n`);
  commit(repository, "Use the insurance plan only");
  console.log('params.json: "features": ["plan", "coins"]\n');
}

function slipway(repository: string, args: readonly string[]): number | null {
  const command = join(process.cwd(), "dist/runtime/main.js");
  return spawnSync(process.execPath, [command, ...args], { cwd: repository, stdio: "inherit" }).status;
}

function commit(repository: string, message: string): void {
  git(repository, ["add", "--all"]);
  git(repository, ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "commit", "--quiet", "-m", message]);
}

function git(repository: string, args: readonly string[]): void {
  must("git", args, repository);
}

function must(program: string, args: readonly string[], cwd?: string): void {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"], ...(cwd && { cwd }) });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${error?.message ?? `exit code ${String(status)}`}`);
}

function stop(why: string, repository: string): never {
  console.error(`\nThe demo did not go as it should: ${why}\nEverything stays in ${repository}`);
  process.exit(1);
}

if (!existsSync("examples/insurance-risk/main.ts"))
  throw new Error("run it from the top of the checkout: npm run demo");
rmSync("cdktf.out", { recursive: true, force: true });
main();
