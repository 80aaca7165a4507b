import { execFileSync } from "node:child_process";
import type { PackagingDocument } from "../../../lib/blueprint/pipeline/pipeline-document";
import { imageStart, serverEntrypoint } from "../../../lib/runtime/packaging/image-start";
import { fullParts } from "../../blueprint/manifest/a-release-manifest";

const packaging = fullParts.pipeline.packaging!;
const facts = {
  manifest: { kind: "slipway.release-manifest", version: 1, ...fullParts } as const,
  modelDigest: `sha256:${"a".repeat(64)}`,
  gitRevision: "0123abc",
  baseEnv: ["PATH=/usr/local/bin:/bin", "LANG=C.UTF-8"],
};
const start = (changes: Partial<PackagingDocument> = {}, more: Partial<typeof facts> = {}) =>
  imageStart({ ...packaging, ...changes }, { ...facts, ...more });

test("tells the server what it serves, and where Python finds packages", () => {
  const { env, user, exposedPorts, stopSignal } = start();
  expect(env).toEqual({
    PATH: "/usr/local/bin:/bin:/opt/slipway/environment/bin",
    PYTHONPATH: "/opt/slipway/environment:/opt/slipway/files:/opt/slipway/server",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUNBUFFERED: "1",
    SLIPWAY_MODEL_DIR: "/opt/slipway/model",
    SLIPWAY_MODEL_DIGEST: facts.modelDigest,
    SLIPWAY_PIPELINE: "insurance-risk",
    SLIPWAY_PORT: "8080",
    SLIPWAY_LATENCY_LIMIT_SECONDS: "0.15",
  });
  expect({ user, exposedPorts, stopSignal }).toEqual({
    user: "65532:65532",
    exposedPorts: [8080],
    stopSignal: "SIGTERM",
  });
});

test("a base without a PATH gets the usual one; a policy without a latency names no limit", () => {
  const { env } = start(
    {},
    {
      baseEnv: [],
      manifest: { ...facts.manifest, policy: { ...facts.manifest.policy, serving: null } },
    },
  );
  expect(env.PATH).toMatch(/^\/usr\/local\/sbin:.*:\/bin:\/opt\/slipway\/environment\/bin$/);
  expect(env).not.toHaveProperty("SLIPWAY_LATENCY_LIMIT_SECONDS");
});

test("starts Slipway's server, or the user's own, among the files it takes along", () => {
  expect(start({ server: null }).entrypoint).toEqual(["python3", "-m", "slipway_serving"]);
  expect(start({ server: "uvicorn app:api" }).entrypoint).toEqual(["/bin/sh", "-ec", "exec uvicorn app:api"]);
  expect([start().workingDir, start({ files: [] }).workingDir]).toEqual(["/opt/slipway/files", "/"]);
});

test("labels name the model, its commit and its repository, as far as they are known", () => {
  expect(start().labels).toMatchObject({
    "org.opencontainers.image.title": "insurance-risk",
    "org.opencontainers.image.source": "https://github.com/acme/insurance-risk",
    "org.opencontainers.image.revision": "0123abc",
    "dev.slipway.model": facts.modelDigest,
    "dev.slipway.interface-version": "2",
    "dev.slipway.version": "0.1.0",
  });
  const { labels } = start({}, { gitRevision: null, manifest: { ...facts.manifest, repository: null } } as never);
  expect(Object.keys(labels).filter((name) => /source|revision/.test(name))).toEqual([]);
});

describe("the entrypoint of a user's own server, run by a real shell", () => {
  const says = (command: string): string => {
    const [shell, ...args] = serverEntrypoint(command);
    return execFileSync(shell!, args, { encoding: "utf8", env: { ...process.env, WORD: "a word" } });
  };

  test("takes the shell's place where the command is plain", () => {
    const parent = `${process.execPath} -p process.ppid`;
    expect(Number(says(parent))).toBe(process.pid);
    // Not so where a shell has something to do.
    expect(Number(says(`${parent}; true`))).not.toBe(process.pid);
  });

  test.each([
    ['echo "$WORD" | tr a-z A-Z', "A WORD\n"],
    ["WORD=other printenv WORD", "other\n"],
    ["exec printenv WORD", "a word\n"],
    ["printenv --null WORD", "a word\0"],
    ["cd / && pwd", "/\n"],
  ])("does what a shell does: %s", (command, output) => {
    expect(says(command)).toBe(output);
  });
});
