import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LayOptions } from "../../../lib/runtime/packaging/kept-folder";
import { layServer, type LaidServer } from "../../../lib/runtime/packaging/server-folder";
import { pythonForEnvironments } from "../../tools";
import { temporaryFolder } from "../temporary-folder";
import { writeFiles } from "../write-files";
import { layingPlace } from "./laying-place";

const folder = temporaryFolder();
const packageFolder = join(folder, "a_server");
const files = { "__init__.py": "import prometheus_client\n", "inner/part.py": "HERE = __name__\n" };
beforeEach(() => {
  writeFiles(packageFolder, { ...files, "__pycache__/part.cpython-311.pyc": String(Math.random()) });
});

async function lay(options: LayOptions): Promise<LaidServer> {
  return await layServer({ platform: "linux/arm64", python: "3.12", packageFolder, ...options });
}

test("the server's folder holds the package and what it needs, the same from every home and cache", async () => {
  const first = await lay(layingPlace(folder));
  const second = await lay(layingPlace(folder));
  expect(second.content).toEqual(first.content);
  expect(first.packages).toMatchObject([{ name: "prometheus_client", license: { expression: expect.any(String) } }]);
  for (const [path, text] of Object.entries(files)) {
    expect(readFileSync(join(first.folder, "a_server", path), "utf8")).toBe(text);
  }
  expect(first.content.files.filter(({ path }) => path.includes("__pycache__"))).toEqual([]);
  const code = "import sys; sys.path.insert(0, sys.argv[1]); import a_server.inner.part as part; print(part.HERE)";
  const said = execFileSync(pythonForEnvironments(), ["-I", "-S", "-B", "-c", code, first.folder], {
    encoding: "utf8",
  });
  expect(said).toBe("a_server.inner.part\n");
});

test("a changed package is laid anew, a compiled one beside it is not looked at", async () => {
  const place = layingPlace(folder);
  const first = await lay(place);
  writeFiles(packageFolder, { "__pycache__/more.cpython-311.pyc": "" });
  expect(await lay(place)).toMatchObject({ cached: true, folder: first.folder });
  writeFiles(packageFolder, { "__init__.py": "CHANGED = True\n" });
  const changed = await lay(place);
  expect(changed.cached).toBe(false);
  expect(readFileSync(join(changed.folder, "a_server/__init__.py"), "utf8")).toContain("CHANGED");
  expect(existsSync(first.folder)).toBe(true);
});

test("a package that is not there is said so", async () => {
  const gone = { ...layingPlace(folder), packageFolder: join(folder, "gone") };
  await expect(layServer({ platform: "linux/amd64", python: "3.11", ...gone })).rejects.toMatchObject({
    name: "BrokenEnvironmentError",
    message: expect.stringContaining("the server's package cannot be read"),
  });
});
