import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ExitCode } from "../../../lib/runtime/exit-codes";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import { ImageFile, verifiedImage } from "../../../lib/runtime/packaging/image-handoff";
import type { Called } from "../a-model-repository";
import type { BaseTraits } from "../oci/a-base-image";
import { temporaryFolder } from "../temporary-folder";
import { PackagedRepository } from "./a-packaged-repository";
import { LocalIndex } from "./local-index";

/** `slipway build` and `slipway package` by the real uv, from an index and a base on this machine. */
const folder = temporaryFolder();
const index = new LocalIndex(join(folder, "index"));
const made: PackagedRepository[] = [];
beforeAll(async () => {
  await index.start();
});
afterAll(async () => {
  await index.stop();
});
afterEach(() => {
  for (const each of made.splice(0)) each.repository.remove();
});

async function packaged(lock = small(), base?: BaseTraits): Promise<PackagedRepository> {
  const one = await PackagedRepository.make({ below: folder, lock, index: index.url, ...(base && { base }) });
  made.push(one);
  return one;
}

const small = (): string => index.wheel({ name: "small", version: "1.0", files: { "small.py": "x = 1\n" } });

/** What a refusal says, without what would show a defect of ours. */
function refusal({ exitCode, document, stderr }: Called) {
  expect(stderr).not.toMatch(/^\s+at .*\.[jt]s:\d+/m);
  const { check, message, problems, remedy } = document.error as Record<string, unknown> & { message?: string };
  return { exitCode, check, says: message ?? JSON.stringify(problems), remedy, problems };
}

test("an image stays a layout that names base, files and model, with a signed statement", async () => {
  const one = await packaged();
  const { exitCode, document, stderr } = await one.package();
  expect({ exitCode, stderr }).toMatchObject({ exitCode: ExitCode.passed });
  const image = join(one.repository.work, "image");
  const index = JSON.parse(readFileSync(join(image, "layout", "index.json"), "utf8")) as {
    manifests: { digest: string }[];
  };
  expect(index.manifests.map(({ digest }) => digest)).toContain(document.image);
  const of = { model: await one.repository.digest("model"), pipeline: "risk" };
  const trusted = JSON.parse(one.gated.env.SLIPWAY_SIGNERS!) as Parameters<typeof verifiedImage>[1];
  expect(await verifiedImage(readFileSync(join(image, ImageFile.statement)), trusted, of)).toBe(document.image);
});

test("a Dockerfile without anything that builds it is a broken environment", async () => {
  const one = await packaged();
  one.describe({ base: { kind: "dockerfile", file: "Dockerfile", context: "." } });
  const said = refusal(await one.build({ PATH: "/nowhere" }));
  expect(said).toMatchObject({ exitCode: ExitCode.brokenEnvironment, says: expect.stringContaining("no builder") });
  expect(said.remedy).toContain("Packaging.image()");
});

test("a review assembles, and neither keeps nor signs", async () => {
  const one = await packaged();
  await one.build();
  const { exitCode } = await one.repository.slipway(["package", "--line", "review"], one.variables);
  expect(exitCode).toBe(ExitCode.passed);
  const image = join(one.repository.work, "image");
  expect(
    [ImageFile.document, ImageFile.statement, ImageFile.layout].map((name) => existsSync(join(image, name))),
  ).toEqual([true, false, false]);
});

describe("refuses", () => {
  test("a wheel that is not the one of the lock", async () => {
    const one = await packaged(small().replace(/sha256:../, "sha256:00"));
    const said = refusal(await one.package());
    expect(said).toMatchObject({ exitCode: ExitCode.refused, check: "wheel-hash-mismatch" });
    expect(said.says).toContain("small");
  });

  test("a package without a wheel for the platform", async () => {
    const lock =
      index.wheel({ name: "native", version: "2.0", tags: "cp311-cp311-win_amd64" }) + index.source("built", "3.0");
    const said = refusal(await (await packaged(lock)).package());
    expect(said).toMatchObject({ exitCode: ExitCode.refused, check: "wheel-missing" });
    expect(said.says).toMatch(/native 2\.0.*\n.*built 3\.0|built 3\.0.*\n.*native 2\.0/);
  });

  test("a lock that leaves something open, every line of it", async () => {
    const said = refusal(await (await packaged("small>=1.0\nother==2.0\n")).package());
    expect(said).toMatchObject({ exitCode: ExitCode.refused, check: "environment-not-locked" });
    expect(said.says).toMatch(/small>=1\.0 is not pinned/);
    expect(said.says).toMatch(/other==2\.0 has no hash/);
  });

  test("a lock that is not the one of the training", async () => {
    const one = await packaged();
    one.repository.write("requirements.txt", `${small()}# changed\n`);
    expect(refusal(await one.package())).toMatchObject({ exitCode: ExitCode.refused, check: "lock-not-of-training" });
  });

  test("a base by its tag alone, as nobody could have synthesized it", async () => {
    const one = await packaged();
    one.describe({ base: { kind: "image", reference: "python:3.11", lockFile: null } });
    const said = refusal(await one.build());
    expect(said.exitCode).toBe(ExitCode.badInput);
    expect(said.problems).toMatchObject([{ path: "pipeline.packaging.base.reference", value: "python:3.11" }]);
  });

  test("a base for another platform", async () => {
    const one = await packaged(small(), { architecture: "arm64" });
    const said = refusal(await one.package());
    expect(said).toMatchObject({ exitCode: ExitCode.refused, check: "base-platform-missing" });
    expect(said.says).toMatch(/not for linux\/amd64; it is for linux\/arm64/);
  });

  test("a base with another Python", async () => {
    const one = await packaged(small(), { config: { Env: ["PYTHON_VERSION=3.12.4"] } });
    const said = refusal(await one.package());
    expect(said).toMatchObject({ exitCode: ExitCode.refused, check: "base-python-differs" });
    expect(said.says).toMatch(/has Python 3\.12\.4.*3\.11/);
  });

  test("evidence about another model", async () => {
    const one = await packaged();
    await one.gated.evidenceAbout(`sha256:${"1".repeat(64)}`, "none");
    expect(refusal(await one.package())).toMatchObject({ exitCode: ExitCode.refused, check: "other-model" });
  });

  test("a model that did not pass its gate", async () => {
    const one = await packaged();
    await one.gated.evidenceAbout(await one.repository.digest("model"), "none", { outcome: "failed" });
    expect(refusal(await one.package())).toMatchObject({ exitCode: ExitCode.refused, check: "verdict-not-passed" });
  });

  test("evidence that somebody else signed", async () => {
    const one = await packaged();
    const model = await one.repository.digest("model");
    await one.gated.evidenceAbout(model, "none", { key: createSigningKeyPair() });
    expect(refusal(await one.package())).toMatchObject({ exitCode: ExitCode.refused });
  });

  test("a model that `slipway train` did not train", async () => {
    const one = await packaged();
    rmSync(join(one.repository.work, "model", "slipway-training.json"));
    await one.gated.evidenceAbout(await one.repository.digest("model"), "none");
    expect(refusal(await one.package())).toMatchObject({
      exitCode: ExitCode.refused,
      check: "training-report-missing",
    });
  });

  test("files that are not in the repository", async () => {
    const one = await packaged();
    one.describe({ files: ["serve.py", "nowhere", "neither"] });
    const said = refusal(await one.package());
    expect(said.exitCode).toBe(ExitCode.badInput);
    expect((said.problems as { path: string }[]).map(({ path }) => path)).toEqual([
      "packaging.files[1]",
      "packaging.files[2]",
    ]);
  });

  test.each(["dockerfile", "lock"])("parts that were collected for another packaging: %s", async (wanted) => {
    const one = await packaged();
    await one.build();
    if (wanted === "dockerfile") one.describe({ base: { kind: "dockerfile", file: "Dockerfile", context: "." } });
    else rmSync(join(one.repository.work, "parts", "lock"), { recursive: true });
    const said = refusal(await one.packageOnly());
    expect(said).toMatchObject({ exitCode: ExitCode.refused, check: "parts-of-other-packaging" });
    expect(said.remedy).toContain("slipway build");
  });
});
