import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { layEnvironment, type LaidEnvironment } from "../../../../lib/runtime/packaging/environment/lay-environment";
import type { ImagePlatform } from "../../../../lib/blueprint/pipeline/pipeline-document";
import { pythonForEnvironments } from "../../../tools";
import { temporaryFolder } from "../../temporary-folder";
import { layingPlace } from "../laying-place";

/** Packages as the world has them, from the package index: compiled ones, and one with a program. */
const place = layingPlace(temporaryFolder());
const version = execFileSync(pythonForEnvironments(), ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
  encoding: "utf8",
}).trim();

async function lay(platform: ImagePlatform): Promise<LaidEnvironment> {
  return await layEnvironment({
    python: { version, manager: "pip", lockFile: "small.lock.txt" },
    directory: __dirname,
    platform,
    ...place,
  });
}

const extensions = ({ content }: LaidEnvironment): readonly string[] =>
  content.files.map(({ path }) => path).filter((path) => path.endsWith(".so"));

/** What an ELF file says it runs on: 62 is x86-64, 183 is AArch64. */
const machineOf = (file: string): number => readFileSync(file).readUInt16LE(18);

test.each([
  ["linux/amd64", 62],
  ["linux/arm64", 183],
] as const)("an environment for %s holds extensions for it and for nothing else", async (platform, machine) => {
  const laid = await lay(platform);
  expect(laid.packages.map(({ name }) => name)).toEqual(["MarkupSafe", "PyYAML", "tabulate"]);
  expect(extensions(laid).length).toBeGreaterThanOrEqual(2);
  for (const path of extensions(laid)) expect(machineOf(join(laid.folder, path))).toBe(machine);
});

test("an environment for this machine's platform is imported and run from where it lies", async () => {
  const platform = process.arch === "arm64" ? "linux/arm64" : "linux/amd64";
  const { folder } = await lay(platform);
  const code = [
    "import sys; sys.path.insert(0, sys.argv[1])",
    "import markupsafe._speedups, tabulate, yaml",
    "print(markupsafe.escape('<'), yaml.load('{a: 1}', yaml.CSafeLoader), tabulate.__file__.startswith(sys.argv[1]))",
  ].join("\n");
  const said = execFileSync(pythonForEnvironments(), ["-I", "-S", "-B", "-c", code, folder], { encoding: "utf8" });
  expect(said).toBe("&lt; {'a': 1} True\n");
  const table = execFileSync(join(folder, "bin", "tabulate"), ["-s", ","], {
    input: "a,b\n",
    encoding: "utf8",
    env: { PATH: process.env.PATH, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" },
  });
  expect(table).toContain("a");
});
