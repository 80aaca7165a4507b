import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * The package as users get it: packed, installed into an empty project without any optional peer, then used the way each
 * of its two audiences does.
 */
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "slipway-package-"));
  execFileSync("npm", ["run", "--silent", "build"]);
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", project], { encoding: "utf8" }).trim();
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "fresh", private: true }));
  npm("install", "--ignore-scripts", "--no-audit", "--no-fund", join(project, packed));
});

afterAll(() => {
  rmSync(project, { recursive: true, force: true });
});

function npm(...args: string[]): void {
  execFileSync("npm", args, { cwd: project, stdio: "pipe" });
}

function node(script: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("node", ["-e", script], { cwd: project, encoding: "utf8" });
}

/** Makes a peer of ours resolvable from the project, as if its user had installed it. */
function link(...names: string[]): void {
  mkdirSync(join(project, "node_modules", "@cdktf"), { recursive: true });
  for (const name of names) {
    execFileSync("ln", ["-sfn", resolve("node_modules", name), join(project, "node_modules", name)]);
  }
}

test("a job that only runs the command installs neither cdktf nor DuckDB", () => {
  const installed = readdirSync(join(project, "node_modules"));
  expect(installed).toContain("slipway");
  expect(installed).not.toContain("cdktf");
  expect(installed).not.toContain("@cdktf");
  expect(installed).not.toContain("@duckdb");
  const help = spawnSync(join(project, "node_modules/.bin/slipway"), ["--help"], { encoding: "utf8" });
  expect(help.stderr).toBe("");
  expect(help.stdout).toContain("Usage: slipway");
  expect(help.status).toBe(0);
});

test("a program that synthesizes needs no provider for `slipway` and no DuckDB at all", () => {
  link("cdktf", "constructs");
  const loaded = node(`
    require("slipway");
    const files = Object.keys(require.cache);
    console.log(JSON.stringify(["@cdktf/provider-", "@duckdb", "sigstore"].filter((name) => files.some((file) => file.includes(name)))));
  `);
  expect(loaded.stderr).toBe("");
  expect(loaded.stdout.trim()).toBe("[]");
});

test.each(["github", "docker"])("`slipway/%s` loads single resources of its provider, never the barrel", (name) => {
  link("cdktf", "constructs", `@cdktf/provider-${name}`);
  const loaded = node(`
    require("slipway/${name}");
    console.log(Object.keys(require.cache).filter((file) => file.includes("provider-${name}/lib/") && file.endsWith("lib/index.js") ).length);
  `);
  expect(loaded.stderr).toBe("");
  expect(loaded.stdout.trim()).toBe("0");
});

test.each(["node10", "node16"])("types resolve the %s way", (moduleResolution) => {
  link("cdktf", "constructs", "@cdktf/provider-github", "@cdktf/provider-docker", "@types");
  const legacy = moduleResolution === "node10";
  writeFileSync(
    join(project, "main.ts"),
    [
      'import { MlPipeline } from "slipway";',
      'import { DockerRegistry } from "slipway/docker";',
      'import { GitHubRepository } from "slipway/github";',
      "export const used = [MlPipeline, DockerRegistry, GitHubRepository];",
    ].join("\n"),
  );
  const settings = {
    compilerOptions: {
      module: legacy ? "commonjs" : "node16",
      moduleResolution,
      target: "ES2022",
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    },
    files: ["main.ts"],
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(settings));
  const compiled = spawnSync("node", [resolve("node_modules/typescript/lib/tsc.js"), "-p", project], {
    encoding: "utf8",
  });
  expect(compiled.stdout).toBe("");
  expect(compiled.status).toBe(0);
});

test("the public API is the one that was reviewed", () => {
  const check = spawnSync("node", ["scripts/api-report.mjs"], { encoding: "utf8" });
  expect(check.stderr).toBe("");
  expect(check.status).toBe(0);
});
