import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { JobRuntime } from "slipway";
import { Problems } from "../../lib/blueprint/problems";
import { installSlipway } from "../../lib/renderers/github/install-slipway";
import type { ScriptStep } from "../../lib/renderers/github/workflow-model";
import { resolveWorkflowOptions } from "../../lib/renderers/github/workflow-options";
import { packedSlipway } from "./packed-slipway";

/**
 * What a job does before its first command: the files of the vendored runtime stand in a checkout, and the workflow's own step
 * installs from them, for real.
 */
let checkout: string;
let runner: string;
let runtime: { readonly runtimeLockSha256: string; readonly vendoredPackage: string };

beforeAll(() => {
  const problems = new Problems();
  const loaded = JobRuntime.vendored(packedSlipway(), resolve("package-lock.json")).load("/", problems);
  expect(problems.list).toEqual([]);
  runtime = { runtimeLockSha256: loaded!.lockSha256, vendoredPackage: loaded!.vendoredPackage! };
  checkout = mkdtempSync(join(tmpdir(), "slipway-checkout-"));
  for (const { path, content } of loaded!.files) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), content);
  }
});
beforeEach(() => {
  runner = mkdtempSync(join(tmpdir(), "slipway-runner-"));
});
afterEach(() => {
  rmSync(runner, { recursive: true, force: true });
});
afterAll(() => {
  rmSync(checkout, { recursive: true, force: true });
});

const delivered = (name: string): string => join(checkout, ".slipway", "runtime", name);

/** Runs the step as GitHub's runner does; `npmCache` is what npm has seen on this machine. */
function install(npmCache?: string): { readonly status: number | null; readonly output: string } {
  const steps = installSlipway(resolveWorkflowOptions({ manifestDigest: "sha256:0", ...runtime }));
  const { run } = steps.find((step): step is ScriptStep => "run" in step)!;
  const script = join(runner, "step.sh");
  writeFileSync(script, run);
  const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: checkout,
    encoding: "utf8",
    env: {
      ...process.env,
      // Whoever runs the tests may have silenced npm; here its reason is looked at.
      npm_config_loglevel: "error",
      ...(npmCache !== undefined && { npm_config_cache: npmCache }),
      RUNTIME_LOCK_SHA256: runtime.runtimeLockSha256,
      RUNNER_TEMP: runner,
      GITHUB_PATH: join(runner, "path"),
      GITHUB_ENV: join(runner, "env"),
    },
  });
  return { status, output: `${stdout}${stderr}` };
}

/** With the delivered file changed while `during` runs. */
function withChanged(name: string, change: (bytes: Buffer) => Buffer | string, during: () => void): void {
  const original = readFileSync(delivered(name));
  writeFileSync(delivered(name), change(original));
  try {
    during();
  } finally {
    writeFileSync(delivered(name), original);
  }
}

test("a job installs the command, DuckDB and sigstore from the delivered lock, and nothing else", () => {
  const { status, output } = install();
  expect({ status, output }).toMatchObject({ status: 0 });
  const bin = readFileSync(join(runner, "path"), "utf8").trim();
  const help = spawnSync(join(bin, "slipway"), ["--help"], { encoding: "utf8", cwd: checkout });
  expect(help).toMatchObject({ status: 0, stderr: "" });
  expect(help.stdout).toContain("Usage: slipway");

  const modules = dirname(bin);
  const installed = readdirSync(modules);
  for (const absent of ["cdktf", "constructs", "@cdktf", "typescript", "jest"]) expect(installed).not.toContain(absent);
  const peers = `
    const from = require("node:module").createRequire(${JSON.stringify(join(modules, "slipway/dist/runtime/main.js"))});
    if (typeof from("sigstore").attest !== "function") throw new Error("no sigstore");
    from("@duckdb/node-api").DuckDBInstance.create()
      .then((instance) => instance.connect())
      .then((connection) => connection.runAndReadAll("SELECT sum(i)::INTEGER FROM range(10) t(i)"))
      .then((reader) => console.log(JSON.stringify(reader.getRowsJson())));
  `;
  const loaded = spawnSync("node", ["-e", peers], { encoding: "utf8", cwd: runner });
  expect(loaded).toMatchObject({ status: 0, stderr: "", stdout: "[[45]]\n" });
});

test("a lock other than the one the workflow names is not installed", () => {
  withChanged(
    "package-lock.json",
    (bytes) => `${bytes.toString()} `,
    () => {
      expect(install()).toMatchObject({ status: 1, output: expect.stringContaining("FAILED") as string });
      expect(readdirSync(runner)).not.toContain("path");
    },
  );
});

test("a tarball other than the one the lock names is not installed", () => {
  const edited = (base64: Buffer): string => {
    const tar = gunzipSync(Buffer.from(base64.toString(), "base64")).toString("latin1");
    expect(tar).toContain("verifyStatement");
    return gzipSync(Buffer.from(tar.replaceAll("verifyStatement", "believeAnything"), "latin1")).toString("base64");
  };
  withChanged("slipway.tgz.b64", edited, () => {
    // An npm that has the right tarball in its cache takes that one, by its integrity, and never looks at the wrong one.
    const { status, output } = install(join(runner, "npm-cache"));
    expect(status).not.toBe(0);
    expect(output).toContain("EINTEGRITY");
    expect(readdirSync(runner)).not.toContain("path");
  });
});

test("what the checkout says to npm is not heard", () => {
  appendFileSync(join(checkout, ".npmrc"), "registry=http://127.0.0.1:9/\nignore-scripts=false\n");
  appendFileSync(delivered(".npmrc"), "registry=http://127.0.0.1:9/\n");
  expect(install()).toMatchObject({ status: 0 });
});
