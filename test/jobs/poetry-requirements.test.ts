import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POETRY_REQUIREMENTS } from "../../lib/jobs/poetry-requirements";
import { describeWith, pythonWith } from "../tools";

const LOCK = `
[[package]]
name = "colorama"
version = "0.4.6"
optional = false
groups = ["main"]
markers = "sys_platform == \\"win32\\""
files = [{file = "colorama-0.4.6.whl", hash = "sha256:aa"}, {file = "colorama-0.4.6.tar.gz", hash = "sha256:bb"}]

[[package]]
name = "numpy"
version = "2.4.0"
optional = false
groups = ["main", "dev"]
markers = {main = "python_version >= \\"3.11\\"", dev = "python_version < \\"4\\""}
files = [{file = "numpy-2.4.0.whl", hash = "sha256:cc"}]

[package.source]
type = "legacy"
url = "https://example.org/simple"
reference = "index"

[[package]]
name = "only-for-an-extra"
version = "1.0"
optional = true
files = [{file = "x.whl", hash = "sha256:dd"}]

[metadata]
lock-version = "2.1"
`;

describeWith(
  () => pythonWith("oracle"),
  "requirements from a poetry.lock",
  (python) => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-poetry-"));
    afterAll(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    function convert(lock: string): { stdout: string; stderr: string; status: number | null } {
      writeFileSync(join(folder, "poetry.lock"), lock);
      return spawnSync(python, ["-c", POETRY_REQUIREMENTS, "poetry.lock"], { cwd: folder, encoding: "utf8" });
    }

    test("carry every hash and marker, and leave out what only extras want", () => {
      expect(convert(LOCK)).toMatchObject({
        status: 0,
        stdout: [
          'colorama==0.4.6 ; sys_platform == "win32" --hash=sha256:aa --hash=sha256:bb',
          'numpy==2.4.0 ; (python_version >= "3.11") or (python_version < "4") --hash=sha256:cc',
          "",
        ].join("\n"),
      });
    });

    test("are refused where the lock says too little", () => {
      const { status, stderr } = convert(LOCK.replace('lock-version = "2.1"', 'lock-version = "2.0"'));
      expect(status).toBe(1);
      expect(stderr).toContain("lock again with Poetry 2.0 or later");
    });

    test("are refused for a source that has no hashes", () => {
      const { status, stderr } = convert(LOCK.replace('type = "legacy"', 'type = "git"'));
      expect(status).toBe(1);
      expect(stderr).toContain("numpy comes from a source without hashes");
    });
  },
);
