import { appendFileSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { textDigest } from "../../../lib/blueprint/manifest/canonical-text";
import { commandLine } from "../../../lib/runtime/command-line";
import { commandList, loadCommand } from "../../../lib/runtime/commands/command-list";
import { describeFailure } from "../../../lib/runtime/output/failure";
import { ModelRepository } from "../a-model-repository";

let repository: ModelRepository;
beforeEach(() => {
  repository = new ModelRepository();
});
afterEach(() => {
  repository.remove();
});

/** Calls the command as a user without --json does. */
async function call(args: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const exitCode = await commandLine(args, {
    directory: repository.folder,
    env: {},
    streams: { stdout: (text) => (stdout += text), stderr: (text) => (stderr += text) },
    now: () => repository.now,
  });
  return { exitCode, stdout, stderr };
}

test("help lists every command and every exit code", async () => {
  const { exitCode, stdout } = await call(["--help"]);
  expect(exitCode).toBe(0);
  for (const { name } of commandList) expect(stdout).toContain(`  ${name}`);
  for (const code of [0, 1, 2, 3, 4, 5]) expect(stdout).toMatch(new RegExp(`^  ${code}  `, "m"));
});

test.each(commandList.map(({ name }) => name))(
  "slipway %s --help says the same as the list, and the exit codes",
  async (name) => {
    const listed = commandList.find((each) => each.name === name)!;
    expect(loadCommand(listed)).toMatchObject({ name, summary: listed.summary });
    const { exitCode, stdout } = await call([name, "--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Exit codes:");
    for (const option of loadCommand(listed).options) expect(stdout).toContain(`--${option.name}`);
  },
);

test("a user's mistake is told in words, never with a stack trace", async () => {
  for (const args of [
    ["bogus"],
    ["handoff"],
    ["handoff", "fold", "data"],
    ["gate", "--bogus"],
    ["split", "--pipeline", "x"],
  ]) {
    const { exitCode, stderr } = await call(args);
    expect(exitCode).toBe(2);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stderr).not.toBe("");
  }
});

test("a defect of Slipway's own shows its stack trace and exit code 1", () => {
  expect(describeFailure(new TypeError("x is undefined"))).toMatchObject({
    exitCode: 1,
    outcome: "internal-error",
    text: expect.stringMatching(/\n\s+at /),
  });
});

test("--json prints one document for wrong arguments as well", async () => {
  expect(await repository.slipway(["bogus"])).toMatchObject({
    exitCode: 2,
    document: { command: "bogus", outcome: "bad-input" },
  });
});

describe("the manifest", () => {
  const path = (): string => join(repository.folder, ".slipway/insurance-risk.json");

  test("is refused when the workflow names another digest", async () => {
    const digest = textDigest(readFileSync(path()));
    repository.put("data", "rows.csv", "a");
    appendFileSync(path(), "\n");
    const called = await repository.slipway(["validate-data"], { SLIPWAY_MANIFEST_DIGEST: digest });
    expect(called).toMatchObject({ exitCode: 3, document: { error: { check: "manifest-digest-mismatch" } } });
  });

  test("that lies elsewhere, is broken, or is missing is bad input with the remedy", async () => {
    repository.write(".slipway/insurance-risk.json", "{");
    expect(await repository.slipway(["split"])).toMatchObject({ exitCode: 2 });
    expect(await repository.slipway(["split", "--manifest", "nowhere.json"])).toMatchObject({ exitCode: 2 });
    const called = await repository.slipway(["split", "--pipeline", "other"]);
    expect(called.stderr).toContain("--manifest <path>");
  });
});

describe("hand-offs", () => {
  const other = textDigest("another");

  test("are refused when the folder holds something else than the giver said", async () => {
    repository.put("data", "rows.csv", "a");
    const called = await repository.slipway(["split", "--take", `data=${other}`]);
    expect(called).toMatchObject({ exitCode: 3, document: { error: { check: "handoff-digest-mismatch" } } });
  });

  test("come by digest inside a job", async () => {
    repository.put("data", "rows.csv", "a");
    const digest = textDigest(readFileSync(join(repository.folder, ".slipway/insurance-risk.json")));
    const called = await repository.slipway(["split"], { SLIPWAY_MANIFEST_DIGEST: digest });
    expect(called).toMatchObject({ exitCode: 2 });
    expect(called.stderr).toContain("lacks data");
  });

  test.each(["data", "data=", "data=sha256:1", `bogus=${other}`])("--take %j is bad input", async (take) => {
    expect(await repository.slipway(["split", "--take", take])).toMatchObject({ exitCode: 2 });
  });

  test("that hold a link are refused", async () => {
    mkdirSync(join(repository.work, "data"), { recursive: true });
    symlinkSync("/etc/passwd", join(repository.work, "data", "rows.csv"));
    expect(await repository.slipway(["split"])).toMatchObject({ exitCode: 2 });
  });
});

test("what a command gives goes to the job's outputs, by digest", async () => {
  const file = repository.write("outputs", "");
  repository.put("data", "rows.csv", "a");
  const packed = await repository.slipway(["handoff", "pack", "data"], { GITHUB_OUTPUT: file });
  expect(packed).toMatchObject({ exitCode: 0, document: { digest: await repository.digest("data") } });
});
