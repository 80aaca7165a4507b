import type { PipelineDocument } from "../pipeline/pipeline-document";
import type { PolicyDocument } from "../policy/policy-document";
import { InvalidInputError } from "../problems";
import { canonicalText, textDigest } from "./canonical-text";
import { manifestProblems } from "./manifest-schema";

/** The only thing that goes from synth to run time: `.slipway/<pipeline>.json` in the model repository. */
export interface ReleaseManifest {
  readonly kind: "slipway.release-manifest";
  readonly version: 1;
  /** `owner/name` of the model repository; `null` when it is only run on a laptop. */
  readonly repository: string | null;
  readonly defaultBranch: string;
  readonly pipeline: PipelineDocument;
  readonly policy: PolicyDocument;
  /** The data contract, an Open Data Contract Standard v3 document as JSON. */
  readonly contract: Readonly<Record<string, unknown>>;
  /** Pins the command that the jobs install. */
  readonly runtime: { readonly version: string; readonly integrity: string | null };
}

/** Everything a manifest says besides what it is. */
export type ReleaseManifestParts = Omit<ReleaseManifest, "kind" | "version">;

/**
 * Builds a manifest and holds it against its own schema.
 *
 * @throws InvalidInputError when a part cannot stand in a manifest
 */
export function releaseManifest(parts: ReleaseManifestParts): ReleaseManifest {
  const manifest: ReleaseManifest = { kind: "slipway.release-manifest", version: 1, ...parts };
  const written: unknown = JSON.parse(JSON.stringify(manifest));
  const problems = manifestProblems(written);
  if (problems.length > 0) throw new InvalidInputError(`release manifest of "${parts.pipeline.name}"`, problems);
  return written as ReleaseManifest;
}

/** The manifest's bytes in the repository. */
export function releaseManifestText(manifest: ReleaseManifest): string {
  return canonicalText(manifest);
}

/** `sha256:...` of the manifest's bytes: what the workflows name and the command checks. */
export function releaseManifestDigest(manifest: ReleaseManifest): string {
  return textDigest(releaseManifestText(manifest));
}

/** Where the manifest of a pipeline stands in the model repository. */
export function releaseManifestPath(pipeline: string): string {
  return `.slipway/${pipeline}.json`;
}

/**
 * Reads a manifest.
 *
 * @param text - the file's text
 * @param subject - what to call it in messages
 * @default subject - "release manifest"
 * @throws InvalidInputError naming everything that is wrong with it; an unknown version is the only problem named then
 */
export function parseReleaseManifest(text: string, subject = "release manifest"): ReleaseManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(subject, [
      {
        path: "(file)",
        value: text,
        says: `is not JSON (${error instanceof Error ? error.message : "unreadable"})`,
        remedy: "Restore the file as `cdktf deploy` delivered it; it is never edited by hand.",
      },
    ]);
  }
  const problems = manifestProblems(value);
  if (problems.length > 0) throw new InvalidInputError(subject, problems);
  return value as ReleaseManifest;
}
