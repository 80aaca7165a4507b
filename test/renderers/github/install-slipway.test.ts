import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installSlipway } from "../../../lib/renderers/github/install-slipway";
import { resolveWorkflowOptions } from "../../../lib/renderers/github/workflow-options";
import type { ScriptStep } from "../../../lib/renderers/github/workflow-model";

const PACKAGE = { name: "slipway-runtime", version: "1.0.0", private: true };
const LOCK = JSON.stringify({ ...PACKAGE, lockfileVersion: 3, requires: true, packages: { "": PACKAGE } });

/** The step that installs the command, run by bash with npm as a job runs it; the lock has no packages, so that no registry is asked. */
describe("installing the pinned command", () => {
  let checkout: string;
  let temp: string;
  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), "slipway-checkout-"));
    temp = join(checkout, "runner-temp");
    mkdirSync(join(checkout, ".slipway", "runtime"), { recursive: true });
    mkdirSync(temp);
    writeFileSync(join(checkout, ".slipway/runtime/package.json"), JSON.stringify(PACKAGE));
    writeFileSync(join(checkout, ".slipway/runtime/package-lock.json"), LOCK);
  });
  afterEach(() => {
    rmSync(checkout, { recursive: true, force: true });
  });

  function install(vendoredPackage?: string): { status: number | null; output: string } {
    const options = resolveWorkflowOptions({
      manifestDigest: "sha256:0",
      runtimeLockSha256: createHash("sha256").update(LOCK).digest("hex"),
      ...(vendoredPackage === undefined ? {} : { vendoredPackage }),
    });
    const step = installSlipway(options).find((each): each is ScriptStep => "run" in each)!;
    const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
      cwd: checkout,
      encoding: "utf8",
      env: {
        ...process.env,
        ...(step.env as Record<string, string>),
        RUNNER_TEMP: temp,
        GITHUB_PATH: join(temp, "path"),
        GITHUB_ENV: join(temp, "env"),
      },
    });
    return { status, output: stdout + stderr };
  }

  test("puts it on the path, outside of the checkout, and says where hand-offs stand", () => {
    expect(install()).toMatchObject({ status: 0 });
    expect(readFileSync(join(temp, "path"), "utf8")).toBe(`${temp}/slipway-runtime/node_modules/.bin\n`);
    expect(readFileSync(join(temp, "env"), "utf8")).toBe(`SLIPWAY_WORK=${temp}/slipway-work\n`);
  });

  test("installs from no other lock", () => {
    writeFileSync(join(checkout, ".slipway/runtime/package-lock.json"), LOCK.replace("1.0.0", "1.0.1"));
    const { status, output } = install();
    expect(status).not.toBe(0);
    expect(output).toContain("package-lock.json: FAILED");
    expect(existsSync(join(temp, "slipway-runtime"))).toBe(false);
  });

  test("takes no word from files beside the lock", () => {
    writeFileSync(join(checkout, ".slipway/runtime/.npmrc"), "ignore-scripts=false\nregistry=http://127.0.0.1:9\n");
    expect(install()).toMatchObject({ status: 0 });
    expect(existsSync(join(temp, "slipway-runtime/.npmrc"))).toBe(false);
  });

  test("unpacks a delivered package for the lock to verify", () => {
    writeFileSync(join(checkout, ".slipway/runtime/slipway.tgz.b64"), Buffer.from("the package").toString("base64"));
    expect(install("slipway-0.1.0.tgz")).toMatchObject({ status: 0 });
    expect(readFileSync(join(temp, "slipway-runtime/slipway-0.1.0.tgz"), "utf8")).toBe("the package");
  });
});
