import { describeProblem, Problems } from "../../../lib/blueprint/problems";
import { detectPythonEnvironment, type FoundFile } from "../../../lib/blueprint/pipeline/python-environment";

const HASH = `--hash=sha256:${"0123456789abcdef".repeat(4)}`;
const file = (name: string, text = ""): FoundFile => ({ name, text });
const hashed = file(
  "requirements.txt",
  `# by pip-compile\nscikit-learn==1.9.0 \\\n    ${HASH} \\\n    ${HASH}\nnumpy==2.4.0 ; python_version >= "3.10" ${HASH}  # via scikit-learn\n`,
);

function detect(files: readonly FoundFile[], choice = {}): { found: unknown; problems: readonly string[] } {
  const problems = new Problems();
  const found = detectPythonEnvironment(files, problems, choice);
  return { found, problems: problems.list.map(describeProblem) };
}

describe("finding the locked Python environment", () => {
  test.each([
    ["uv.lock", "uv"],
    ["poetry.lock", "poetry"],
    ["conda-lock.yml", "conda-lock"],
  ])("%s is a lock of %s", (lockFile, manager) => {
    expect(detect([file(lockFile), file("pyproject.toml")])).toEqual({
      found: { version: "3.12", manager, lockFile },
      problems: [],
    });
  });

  test("requirements with a hash on every line are a lock of pip", () => {
    expect(detect([hashed, file("train.py")])).toEqual({
      found: { version: "3.12", manager: "pip", lockFile: "requirements.txt" },
      problems: [],
    });
  });

  test.each([
    [
      "a line without a hash",
      `numpy==2.4.0 ${HASH}\nscikit-learn==1.9.0\n`,
      '1 line without a hash, the first is "scikit-learn==1.9.0"',
    ],
    ["another file that is not read", `-r base.txt\nnumpy==2.4.0 ${HASH}\n`, 'the first is "-r base.txt"'],
    ["an editable package", `-e .\n`, 'the first is "-e ."'],
    ["nothing at all", "# empty\n", "names no requirement"],
    ["a hash in a comment only", `numpy==2.4.0 # ${HASH}\n`, '"numpy==2.4.0"'],
  ])("requirements with %s are refused", (_, text, says) => {
    const { found, problems } = detect([file("requirements.txt", text)]);
    expect(found).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
    expect(problems[0]).toContain("--generate-hashes");
  });

  test("options that install nothing need no hash", () => {
    const text = `--only-binary :all:\nnumpy==2.4.0 ${HASH}\n`;
    expect(detect([file("requirements.txt", text)]).problems).toEqual([]);
  });

  test.each([
    ["pyproject.toml", "uv lock"],
    ["environment.yml", "conda-lock lock"],
    ["Pipfile", "pipenv requirements --hash"],
  ])("%s alone is not locked; the remedy says how", (name, remedy) => {
    const { found, problems } = detect([file(name)]);
    expect(found).toBeNull();
    expect(problems[0]).toContain("states dependencies that are not locked");
    expect(problems[0]).toContain(remedy);
  });

  test("no environment at all is named so", () => {
    expect(detect([file("train.py")]).problems[0]).toContain("no locked Python environment was found");
  });

  test("several locks are ambiguous until one is chosen", () => {
    const files = [file("uv.lock"), hashed];
    expect(detect(files).problems[0]).toContain('["uv.lock","requirements.txt"] are several lock files');
    expect(detect(files, { lockFile: "requirements.txt" }).found).toMatchObject({ manager: "pip" });
    expect(detect(files, { lockFile: "poetry.lock" }).problems[0]).toContain(
      "Name one that is there: uv.lock, requirements.txt",
    );
  });

  test("an unhashed requirements file beside a lock is no rival", () => {
    expect(detect([file("uv.lock"), file("requirements.txt", "numpy\n")]).found).toMatchObject({ manager: "uv" });
  });

  test.each([
    [".python-version", "3.11.9\n", "3.11.9"],
    ["pyproject.toml", '[project]\nrequires-python = ">=3.10,<3.13"\n', "3.10"],
    ["pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\n', "3.11"],
  ])("Python's version comes from %s", (name, text, version) => {
    expect(detect([file("uv.lock"), file(name, text)]).found).toMatchObject({ version });
    expect(detect([file("uv.lock"), file(name, text)], { version: "3.13" }).found).toMatchObject({ version: "3.13" });
  });
});
