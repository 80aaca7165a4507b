import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { LayoutDestination } from "../../../lib/runtime/oci/layout/layout-destination";
import { ImagePlaces } from "../../../lib/runtime/oci/open-image";
import { findBase, findBaseOrNothing } from "../../../lib/runtime/packaging/base-image";
import { BrokenEnvironmentError } from "../../../lib/runtime/refusals";
import { type BaseTraits, putBase } from "../oci/a-base-image";
import { temporaryFolder } from "../temporary-folder";

const top = temporaryFolder();
const places = new ImagePlaces({ HOME: top }, []);

async function base(traits: BaseTraits = {}): Promise<string> {
  const layout = join(mkdtempSync(join(top, "base-")), "layout");
  const destination = new LayoutDestination(layout);
  const manifest = await putBase(destination, traits);
  await destination.publish(manifest, "3.11");
  return `oci:${layout}@${manifest.descriptor.digest}`;
}

const withPython = (version: string): BaseTraits => ({ config: { Env: ["PATH=/bin", `PYTHON_VERSION=${version}`] } });

test.each([
  ["3.11.9", "3.11"],
  ["3.11.9", "3.11.2"],
])("whose Python is %s suits an environment for %s", async (has, wanted) => {
  const found = await findBase(await base(withPython(has)), "linux/amd64", wanted, places);
  expect(found).toMatchObject({ complete: true, image: { config: { architecture: "amd64" } } });
});

test("that says nothing of its Python, and one that needs none, are taken", async () => {
  expect(await findBase(await base(), "linux/amd64", "3.11", places)).toMatchObject({ complete: true });
  expect(await findBase(await base(withPython("2.7.18")), "linux/amd64", null, places)).toMatchObject({
    complete: true,
  });
});

test.each(["3.1.1", "3.12.0", "3.110.0"])("whose Python is %s is refused for 3.11", async (has) => {
  const reference = await base(withPython(has));
  for (const find of [findBase, findBaseOrNothing])
    await expect(find(reference, "linux/amd64", "3.11", places)).rejects.toMatchObject({
      check: "base-python-differs",
    });
});

describe("whose registry does not answer", () => {
  // Nothing listens on the discard port.
  const digest = `sha256:${"5".repeat(64)}`;
  const reference = `127.0.0.1:9/python:3.11@${digest}`;

  test("is a broken environment where the image is to be used", async () => {
    await expect(findBase(reference, "linux/amd64", "3.11", places)).rejects.toThrow(BrokenEnvironmentError);
  });

  test("may be left out, and the image says so", async () => {
    expect(await findBaseOrNothing(reference, "linux/arm64", "3.11", places)).toMatchObject({
      complete: false,
      image: { digest, layers: [], config: { os: "linux", architecture: "arm64" }, name: "127.0.0.1:9/python:3.11" },
    });
  });
});

test("that is there and unsuitable is never left out", async () => {
  const reference = await base({ architecture: "arm64" });
  await expect(findBaseOrNothing(reference, "linux/amd64", "3.11", places)).rejects.toMatchObject({
    check: "base-platform-missing",
  });
});
