import Ajv2020 from "ajv/dist/2020";
import fc from "fast-check";
import schema from "../../../lib/blueprint/manifest/release-manifest.schema.json";
import { canonicalText, textDigest } from "../../../lib/blueprint/manifest/canonical-text";
import {
  parseReleaseManifest,
  releaseManifest,
  releaseManifestDigest,
  releaseManifestText,
} from "../../../lib/blueprint/manifest/release-manifest";
import { InvalidInputError } from "../../../lib/blueprint/problems";
import { fullParts } from "./a-release-manifest";

const manifest = releaseManifest(fullParts);

/** The messages with which the manifest is refused once each of these places holds that value; `undefined` removes it. */
function refused(changes: Readonly<Record<string, unknown>>): string[] {
  const copy: unknown = JSON.parse(releaseManifestText(manifest));
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const parent = keys.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], copy);
    (parent as Record<string, unknown>)[keys.at(-1)!] = value;
  }
  try {
    parseReleaseManifest(JSON.stringify(copy));
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems.map(({ path, says }) => `${path} ${says}`);
    throw error;
  }
  return [];
}

describe("a release manifest", () => {
  test("is read back as it was written", () => {
    expect(parseReleaseManifest(releaseManifestText(manifest))).toEqual(manifest);
  });

  test("has a schema that stands alone", () => {
    expect(new Ajv2020({ discriminator: true }).validateSchema(schema)).toBe(true);
  });

  test("lists everything that is wrong with it at once", () => {
    const messages = refused({
      "pipeline.name": "Insurance Risk",
      "pipeline.data.kind": "ftp",
      "policy.gate.confidence": undefined,
      "policy.gate.accuracy.0.limit": "0.7",
      "pipeline.store.bucket": null,
      extra: 1,
    });
    expect(messages).toEqual([
      "extra is not a property of a version 1 manifest",
      'pipeline.name must match pattern "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"',
      "pipeline.data.kind is not a known kind",
      "pipeline.store.bucket must be string",
      "policy.gate.confidence is required",
      "policy.gate.accuracy[0].limit must be number",
    ]);
  });

  test.each([2, "1", undefined, null])(
    "of version %p is refused with what to do, and nothing else is said",
    (version) => {
      expect(refused({ version, pipeline: {} })).toEqual([
        "version is not a manifest version that this release of Slipway reads (it reads 1)",
      ]);
    },
  );

  test.each(["", "{", "[]", "null", "7", '{"kind":"something else"}'])("%p is refused", (text) => {
    expect(() => parseReleaseManifest(text)).toThrow(InvalidInputError);
  });

  test("cannot leave the repository's folder by a path", () => {
    expect(refused({ "pipeline.data.sample": "../../etc/passwd" })).toHaveLength(1);
    expect(refused({ "pipeline.python.lockFile": "/uv.lock" })).toHaveLength(1);
  });

  test("is not built from parts that it could not be read from", () => {
    expect(() =>
      releaseManifest({
        ...fullParts,
        pipeline: { ...fullParts.pipeline, heldOut: { fraction: 2, from: null, seed: 1 } },
      }),
    ).toThrow("pipeline.heldOut.fraction: 2 must be < 1");
  });
});

describe("canonical text", () => {
  test("does not depend on the order in which keys were set", () => {
    const shuffled = JSON.parse(releaseManifestText(manifest), (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(canonicalText(shuffled)).toBe(releaseManifestText(manifest));
    expect(releaseManifestDigest(manifest)).toBe(textDigest(canonicalText(shuffled)));
  });

  test("says exactly what the value says, and ends in one newline", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const text = canonicalText(value);
        expect(text.endsWith("\n")).toBe(true);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalText(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});
