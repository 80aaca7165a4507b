import type { LockEntry, NpmManifest, NpmRegistry } from "./npm-registry";
import { lockEntry, npmTarball } from "./npm-registry";

/** Files of `.slipway/runtime` by their names. */
export type RuntimeFiles = Readonly<Record<string, string>>;

/** Where each package stands, and its entry. */
export type Packages = Record<string, LockEntry>;

const MODULES = "node_modules/";

/** A program in the place of Slipway's, small enough to be installed often. */
export const program: NpmManifest = {
  name: "slipway",
  version: "7.8.9",
  license: "Apache-2.0",
  bin: { slipway: "dist/runtime/main.js" },
  dependencies: { "@native/thing": "2.0.0", plain: "1.0.0" },
};

export const programFiles = {
  "dist/runtime/main.js": `#!/usr/bin/env node
console.log(require("plain"), require("@native/thing"), ...process.argv.slice(2));
`,
};

const builds = [
  ["x64", "glibc"],
  ["arm64", "glibc"],
  ["x64", "musl"],
] as const;

/**
 * A runtime of a few packages: the program, vendored or not; a plain package with an install script; one with a build per platform; and
 * one that comes twice.
 *
 * @param change - edits the packages before the lock is written
 */
export async function lockedRuntime(
  registry: NpmRegistry,
  { vendored = false, change = () => undefined }: { vendored?: boolean; change?: (packages: Packages) => unknown } = {},
): Promise<RuntimeFiles> {
  const native = "@native/thing";
  const build = (cpu: string, libc: string): string => `${native}-linux-${cpu}${libc === "musl" ? "-musl" : ""}`;
  const packages: Packages = {};
  for (const [cpu, libc] of builds) {
    const manifest = { name: build(cpu, libc), version: "2.0.0", os: ["linux"], cpu: [cpu], libc: [libc] };
    const entry = await registry.add(manifest, { "index.js": `module.exports = "built for ${cpu}";` });
    packages[MODULES + manifest.name] = { ...entry, optional: true };
  }
  packages[MODULES + native] = await registry.add(
    {
      ...{ name: native, version: "2.0.0", license: "(MIT OR Apache-2.0)" },
      optionalDependencies: Object.fromEntries(builds.map(([cpu, libc]) => [build(cpu, libc), "2.0.0"])),
    },
    { "index.js": `module.exports = require(\`${native}-linux-\${process.arch}\`);` },
  );
  packages[`${MODULES}plain`] = await registry.add(
    {
      ...{ name: "plain", version: "1.0.0", license: "SEE LICENSE IN LICENSE.md", hasInstallScript: true },
      ...{ scripts: { install: "touch installed" }, bin: { plain: "index.js" }, dependencies: { twice: "1.0.0" } },
    },
    { "index.js": 'module.exports = `plain ${require("twice")}`;' },
  );
  packages[`${MODULES}plain/${MODULES}twice`] = await registry.add(
    { name: "twice", version: "1.0.0", license: "MIT" },
    { "index.js": 'module.exports = "once";' },
  );
  packages[`${MODULES}twice`] = await registry.add(
    { name: "twice", version: "2.0.0", license: "MIT" },
    { "index.js": 'module.exports = "again";' },
  );
  const tarball = await npmTarball(program, programFiles);
  packages[`${MODULES}slipway`] = vendored
    ? lockEntry(program, "file:slipway.tgz", tarball)
    : await registry.add(program, programFiles);
  change(packages);
  const dependencies = { slipway: vendored ? "file:slipway.tgz" : program.version, twice: "2.0.0" };
  const root = { name: "slipway-runtime", version: "0.0.0", dependencies };
  return {
    "package.json": JSON.stringify({ ...root, private: true }),
    "package-lock.json": JSON.stringify({
      ...{ name: root.name, version: root.version, lockfileVersion: 3, requires: true },
      packages: { "": root, ...packages },
    }),
    ...(vendored ? { "slipway.tgz.b64": base64Lines(tarball) } : {}),
  };
}

/** As the delivered file has it. */
export function base64Lines(bytes: Buffer): string {
  return `${bytes.toString("base64").replace(/.{76}/g, "$&\n").trimEnd()}\n`;
}
