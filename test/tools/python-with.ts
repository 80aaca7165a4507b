import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildOnce } from "./build-once";
import { cacheFolder, shortDigest } from "./cache-folder";
import { runProgram, ToolMissingError } from "./run-program";

/** The locked Python environments that tests compare with or run against: `python/<name>.lock.txt`. */
export type PythonEnvironmentName =
  "oracle" | "zizmor" | "datacontract" | "mlflow" | "moto" | "go" | "attestation" | "cyclonedx" | "serving";

/**
 * Path of a Python that has the packages of `python/<name>.lock.txt` and nothing else. Made on first use, kept in the
 * user's cache directory under the lock's digest. `SLIPWAY_TEST_PYTHON_<NAME>` names another one.
 * @throws ToolMissingError when it cannot be made, for example without a package index
 */
export function pythonWith(name: PythonEnvironmentName): string {
  const given = process.env[`SLIPWAY_TEST_PYTHON_${name.toUpperCase()}`];
  if (given !== undefined && given !== "") return given;
  const lock = lockFile(name);
  const base = basePython();
  const folder = join(cacheFolder("python"), `${name}-${base.version}-${shortDigest(readFileSync(lock))}`);
  const python = join(folder, "bin", "python");
  buildOnce(folder, () => {
    const uv = uvProgram();
    runProgram(name, uv, ["venv", "--quiet", "--python", base.path, folder]);
    runProgram(name, uv, ["pip", "sync", "--quiet", "--require-hashes", "--python", python, lock]);
  });
  return python;
}

/** Path of a program that one of the environment's packages installs. */
export function pythonProgram(environment: PythonEnvironmentName, program: string): string {
  return join(dirname(pythonWith(environment)), program);
}

/** Path of uv, which makes the other environments; it is itself installed by pip, from its own lock. */
export function uvProgram(): string {
  const lock = lockFile("uv");
  const base = basePython();
  const folder = join(cacheFolder("python"), `uv-${base.version}-${shortDigest(readFileSync(lock))}`);
  const bin = join(folder, "bin");
  buildOnce(folder, () => {
    runProgram("uv", base.path, ["-m", "venv", folder]);
    runProgram("uv", join(bin, "python"), ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]);
  });
  return join(bin, "uv");
}

/** Path of the Python that environments are made from. */
export function pythonForEnvironments(): string {
  return basePython().path;
}

interface BasePython {
  readonly path: string;
  /** Major and minor version, for example `3.11`. */
  readonly version: string;
}

/** The first Python on the path whose version the locks were made for. */
function basePython(): BasePython {
  const probe = "import sys; print(sys.executable); print('%d.%d' % sys.version_info[:2])";
  for (const program of ["python3", "python3.11", "python3.12", "python3.10"]) {
    const result = spawnSync(program, ["-c", probe], { encoding: "utf8" });
    const [path, version] = result.status === 0 ? result.stdout.trim().split("\n") : [];
    if (path !== undefined && version !== undefined && ["3.10", "3.11", "3.12"].includes(version)) {
      return { path, version };
    }
  }
  throw new ToolMissingError("Python", "no Python 3.10, 3.11 or 3.12 on the path");
}

function lockFile(name: string): string {
  return join(__dirname, "python", `${name}.lock.txt`);
}
