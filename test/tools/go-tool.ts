import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildOnce } from "./build-once";
import { cacheFolder, shortDigest } from "./cache-folder";
import { pythonProgram } from "./python-with";
import { runProgram } from "./run-program";

const packages = {
  act: "github.com/nektos/act",
  actionlint: "github.com/rhysd/actionlint/cmd/actionlint",
  crane: "github.com/google/go-containerregistry/cmd/crane",
  vegeta: "github.com/tsenart/vegeta/v12",
};

/** Programs written in Go that tests use: `go/<name>/go.mod` pins each, `go.sum` every module it is made from. */
export type GoToolName = keyof typeof packages;

/**
 * Path of the program, built on first use and kept in the user's cache directory. `SLIPWAY_TEST_<NAME>` names another one.
 * @throws ToolMissingError when it cannot be built, for example without a module proxy
 */
export function goTool(name: GoToolName): string {
  const given = process.env[`SLIPWAY_TEST_${name.toUpperCase()}`];
  if (given !== undefined && given !== "") return given;
  const module = join(__dirname, "go", name);
  const pinned = shortDigest(readFileSync(join(module, "go.mod")), readFileSync(join(module, "go.sum")));
  const folder = join(cacheFolder("go"), `${name}-${pinned}`);
  const program = join(folder, name);
  buildOnce(folder, () => {
    runProgram(name, goCompiler(), ["build", "-trimpath", "-ldflags", "-s -w", "-o", program, packages[name]], {
      cwd: module,
      env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local" },
    });
  });
  return program;
}

/** Go of the machine where it is new enough for every tool, else the one that a Python package carries. */
function goCompiler(): string {
  const result = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const minor = result.status === 0 ? /^go1\.(\d+)/.exec(result.stdout)?.[1] : undefined;
  if (minor !== undefined && Number(minor) >= 25) return "go";
  return pythonProgram("go", "go");
}
