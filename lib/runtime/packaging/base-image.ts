import { RefusedError, BrokenEnvironmentError } from "../refusals";
import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import { type ImagePlaces } from "../oci/open-image";
import { parseReference, formatReference } from "../oci/reference";
import { type BaseImage, movedTag, resolveBase } from "../oci/resolve-base";

/** A base, and what its users should know of it. */
export interface FoundBase {
  readonly image: BaseImage;
  /** False where the base could not be reached and the image is made without its layers. */
  readonly complete: boolean;
}

/**
 * The base image for a platform.
 *
 * @param reference - pinned by digest
 * @param python - version that the environment is for; a base that says to have another is refused
 * @param path - where the reference was written, for the problem
 * @throws RefusedError `base-python-differs`, and what resolving a base throws
 */
export async function findBase(
  reference: string,
  platform: ImagePlatform,
  python: string | null,
  places: ImagePlaces,
  path = "packaging.base",
): Promise<FoundBase> {
  const parsed = parseReference(reference, path);
  const image = await resolveBase(parsed, platform, places.source(parsed), path);
  if (python !== null) requirePython(image, reference, python);
  return { image, complete: true };
}

/**
 * The same without the layers of the base, for a machine that cannot reach its registry: what Slipway adds is laid and digested as
 * always, and the image runs nowhere.
 */
export async function findBaseOrNothing(
  reference: string,
  platform: ImagePlatform,
  python: string | null,
  places: ImagePlaces,
): Promise<FoundBase> {
  try {
    return await findBase(reference, platform, python, places);
  } catch (error) {
    if (!(error instanceof BrokenEnvironmentError)) throw error;
    const parsed = parseReference(reference, "packaging.base");
    const [os, architecture] = platform.split("/") as [string, string];
    const digest = parsed.digest!;
    return {
      complete: false,
      image: {
        name: formatReference({ ...parsed, digest: null }),
        digest,
        manifest: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 0 },
        layers: [],
        config: { os, architecture, rootfs: { type: "layers", diff_ids: [] } },
        source: places.source(parsed),
      },
    };
  }
}

/** Whether the base's tag names another image by now, as a sentence; `null` when it does not, or has no tag. A fact of the day, and no part of the image. */
export async function baseUpdate(reference: string, places: ImagePlaces): Promise<string | null> {
  const parsed = parseReference(reference, "packaging.base");
  const moved = await movedTag(parsed, places.source(parsed));
  if (moved === null) return null;
  return moved.now === null
    ? `the base's tag ${moved.tag} is gone from its registry`
    : `the base's tag ${moved.tag} names ${moved.now} by now: take it over when it was reviewed`;
}

/**
 * Images of Node.js say their version in a variable; of others nothing is known before they run.
 *
 * @throws RefusedError `base-node-too-old`
 */
export function requireNode({ config }: BaseImage, reference: string, oldest: string): void {
  const said = saidVersion(config, "NODE_VERSION");
  const [major = 0, minor = 0] = (said ?? oldest).split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new RefusedError(
    "base-node-too-old",
    `the base ${reference} has Node.js ${said!}, the command needs ${oldest} or later`,
    "Name a base with a maintained Node.js, for example node:22-slim by its digest.",
  );
}

/** Images of Python say their version in a variable; of others nothing is known before they run. */
function requirePython({ config }: BaseImage, reference: string, wanted: string): void {
  const said = saidVersion(config, "PYTHON_VERSION");
  const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
  if (said === undefined || minor(said) === minor(wanted)) return;
  throw new RefusedError(
    "base-python-differs",
    `the base ${reference} has Python ${said}, the environment is locked for ${wanted}`,
    `Name a base with Python ${minor(wanted)}, or lock the environment for ${minor(said)}.`,
  );
}

function saidVersion({ config }: BaseImage["config"], variable: string): string | undefined {
  return config?.Env?.find((each) => each.startsWith(`${variable}=`))?.slice(variable.length + 1);
}
