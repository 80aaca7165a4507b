import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type RuntimeBill, runtimeBillOfMaterials } from "../../../lib/runtime/packaging/runtime-sbom";
import { billOfMaterials, type BillOfMaterials } from "../../../lib/runtime/packaging/sbom";
import { describeWith, pythonWith } from "../../tools";

const hex = { model: "a".repeat(64), base: "b".repeat(64) };
const content: BillOfMaterials = {
  model: { name: "insurance-risk", version: "7", digest: `sha256:${hex.model}` },
  baseImage: { repository: "registry.test:5000/library/Python", digest: `sha256:${hex.base}` },
  server: { name: "slipway-serving", version: "0.1.0" },
  packages: [
    { name: "Typed_Thing", version: "1.0+cpu", license: { expression: "MIT OR Apache-2.0" }, wheelTags: [] },
    { name: "numpy", version: "2.4.0", license: { names: ["BSD License", "Zlib"] }, wheelTags: [] },
    { name: "silent", version: "1!2.0", license: null, wheelTags: [] },
  ],
};

const runtime: RuntimeBill = {
  ...{ version: "7.8.9", lockSha256: "c".repeat(64), baseImage: content.baseImage },
  packages: [
    {
      name: "@native/thing",
      version: "2.0.0-r.1",
      license: { expression: "(MIT OR Apache-2.0)" },
      sha512: "d".repeat(128),
    },
    { name: "closed", version: "1.0.0", license: { names: ["SEE LICENSE IN LICENSE.md"] }, sha512: null },
  ],
};

describeWith(
  () => pythonWith("cyclonedx"),
  "a bill of materials against CycloneDX's Python library",
  (python) => {
    const readBack = (input: string): unknown =>
      JSON.parse(execFileSync(python, [join(__dirname, "cyclonedx_oracle.py")], { input, encoding: "utf8" }));

    test("of the jobs' runtime is valid and names npm packages by the hashes of the lock", () => {
      const npm = (namespace: string | null, name: string, version: string): unknown =>
        expect.objectContaining({ type: "npm", namespace, name, version });
      expect(readBack(runtimeBillOfMaterials(runtime))).toEqual({
        about: ["application", "slipway-runtime"],
        model: [],
        components: {
          thing: {
            ...{ type: "library", version: "2.0.0-r.1", purl: npm("@native", "thing", "2.0.0-r.1") },
            ...{ hashes: [`SHA-512:${"d".repeat(128)}`], licenses: ["(MIT OR Apache-2.0)"] },
          },
          closed: {
            ...{ type: "library", version: "1.0.0", purl: npm(null, "closed", "1.0.0") },
            ...{ hashes: [], licenses: ["SEE LICENSE IN LICENSE.md"] },
          },
          "registry.test:5000/library/Python": expect.objectContaining({ type: "container" }),
        },
        dependencies: expect.objectContaining({
          [`runtime:sha256:${runtime.lockSha256}`]: [
            ...["pkg:npm/%40native/thing@2.0.0-r.1", "pkg:npm/closed@1.0.0"],
            expect.stringContaining("pkg:oci/python"),
          ],
        }),
      });
    });

    test("is valid by the schema of 1.6 and says what the image holds", () => {
      const found = readBack(billOfMaterials(content));
      const pypi = (name: string, version: string): unknown => expect.objectContaining({ type: "pypi", name, version });
      const oci = "pkg:oci/python";
      expect(found).toEqual({
        about: ["machine-learning-model", "insurance-risk"],
        model: [`SHA-256:${hex.model}`],
        components: {
          Typed_Thing: {
            ...{ type: "library", version: "1.0+cpu", purl: pypi("typed-thing", "1.0+cpu"), hashes: [] },
            licenses: ["MIT OR Apache-2.0"],
          },
          numpy: {
            ...{ type: "library", version: "2.4.0", purl: pypi("numpy", "2.4.0"), hashes: [] },
            licenses: ["BSD License", "Zlib"],
          },
          silent: { type: "library", version: "1!2.0", purl: pypi("silent", "1!2.0"), hashes: [], licenses: [] },
          "registry.test:5000/library/Python": {
            type: "container",
            version: `sha256:${hex.base}`,
            purl: expect.objectContaining({
              ...{ type: "oci", name: "python", version: `sha256:${hex.base}` },
              qualifiers: { repository_url: "registry.test:5000/library/Python" },
            }),
            hashes: [`SHA-256:${hex.base}`],
            licenses: [],
          },
          "slipway-serving": { type: "application", version: "0.1.0", purl: null, hashes: [], licenses: [] },
        },
        dependencies: expect.objectContaining({
          [`model:sha256:${hex.model}`]: [
            expect.stringContaining(oci),
            ...["pkg:pypi/numpy@2.4.0", "pkg:pypi/silent@1!2.0", "pkg:pypi/typed-thing@1.0%2Bcpu"],
            "server:slipway-serving@0.1.0",
          ],
        }),
      });
    });
  },
);

test("a bill of materials follows from its content alone", () => {
  const text = billOfMaterials(content);
  expect(billOfMaterials({ ...content, packages: [...content.packages].reverse() })).toBe(text);
  expect(text).not.toMatch(/serialNumber|timestamp|"tools"/);
  expect(billOfMaterials({ ...content, model: { ...content.model, version: null } })).not.toContain('"version": "7"');
});
