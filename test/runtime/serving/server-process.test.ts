import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerProcess } from "../../../lib/runtime/serving/server-process";
import { shellCommand } from "../../../lib/runtime/user-code/user-command";

const onLinux = process.platform === "linux" ? test : test.skip;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-server-process-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function start(script: string, env: Record<string, string> = {}): Promise<ServerProcess> {
  return await ServerProcess.start({
    ...{ argv: shellCommand(script), directory: folder, modelFolder: "/model", modelDigest: "sha256:0" },
    env: { PATH: process.env.PATH, ...env },
  });
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

onLinux("ends at once, with what it started and what left its group, also when it ignores SIGTERM", async () => {
  const server = await start(`trap '' TERM
    setsid sh -c 'echo $$ > detached; exec sleep 1000' &
    while :; do sleep 1000; done`);
  const file = join(folder, "detached");
  await until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"));
  await server.control.terminate();
  expect(await server.control.memoryBytes()).toBeGreaterThan(0);
  await server.stop();
  const detached = Number(readFileSync(file, "utf8"));
  expect(detached).toBeGreaterThan(0);
  expect(() => process.kill(detached, 0)).toThrow("ESRCH");
  expect(await server.control.ending()).toEqual({ exitCode: null, signal: "SIGKILL" });
});

test("sees what the contract tells it and nothing of the secrets around it; its home goes with it", async () => {
  const server = await start("env; exit 7", { AWS_SECRET_ACCESS_KEY: "secret", HOME: "/root" });
  await until(async () => (await server.control.ending()) !== null);
  expect(await server.control.ending()).toEqual({ exitCode: 7, signal: null });
  const output = await server.control.output();
  expect(output).toMatch(/^SLIPWAY_MODEL_DIR=\/model$/m);
  expect(output).toMatch(/^SLIPWAY_PORT=\d+$/m);
  expect(output).not.toContain("secret");
  const home = /^HOME=(.*)$/m.exec(output)![1]!;
  expect(existsSync(home)).toBe(true);
  await server.stop();
  expect(existsSync(home)).toBe(false);
});

test("says how a server ended that did not become ready", async () => {
  const server = await start("echo no such library >&2; exit 7");
  await expect(server.untilReady(60)).rejects.toMatchObject({
    check: "server-not-ready",
    message: expect.stringMatching(/ended with exit code 7.*no such library/s),
  });
});
