import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import { assembleImage, type ContainerStart } from "../oci/assemble-image";
import type { Descriptor } from "../oci/descriptor";
import { findBase, requireNode } from "./base-image";
import { extendedPath, NOBODY } from "./image-start";
import {
  type PackedPlatform,
  type Packing,
  packLayer,
  type PlatformImage,
  platformSummary,
  publishImages,
} from "./publish-images";
import { type LaidRuntime, layRuntime } from "./runtime-folder";
import { runtimeBillOfMaterials } from "./runtime-sbom";

/** Where the runtime stands in an image. */
export const RUNTIME_ROOT = "/opt/slipway/runtime";

/** As package.json says under `engines`. */
const OLDEST_NODE = "20.18";

/** Where a job's checkout is mounted; nothing is there in the image. */
const WORKING_FOLDER = "/work";

/** The runtime of jobs to put into an image. */
export interface RuntimeToPackage {
  /** `.slipway/runtime` of a model repository. */
  readonly lockFolder: string;
  /** An image with Node.js, by digest. */
  readonly base: string;
  /** At least one. */
  readonly platforms: readonly ImagePlatform[];
}

export interface PackagedRuntime {
  /** Of the image's manifest, or of the index over several platforms. */
  readonly image: Descriptor;
  readonly platforms: readonly PackedPlatform[];
  /** Slipway's version in it. */
  readonly version: string;
  /** sha256 of its package-lock.json in hex. */
  readonly lockSha256: string;
  /** npm packages, Slipway itself among them. */
  readonly packages: number;
}

/**
 * Puts the command and all it needs into an image for each platform: the base and one layer, a bill of materials attached. The same lock
 * and base give the same digest. No engine, no root, nothing of what is packed is run.
 *
 * @throws InvalidInputError when the base is not named by digest
 * @throws RefusedError `base-node-too-old` when the base says so of itself
 * @throws RefusedError and BrokenEnvironmentError by the name of what does not hold; nothing is published then
 */
export async function packageRuntime(
  { lockFolder, base, platforms }: RuntimeToPackage,
  { places, destination, tag, options }: Packing,
): Promise<PackagedRuntime> {
  try {
    const images: (PlatformImage & { readonly runtime: LaidRuntime })[] = [];
    for (const platform of platforms) {
      const found = await findBase(base, platform, null, places, "--base");
      requireNode(found.image, base, OLDEST_NODE);
      const runtime = await layRuntime({ lockFolder, platform, ...options });
      const folder = { ...runtime, root: RUNTIME_ROOT, executables: true };
      const packed = [await packLayer("runtime-image", "runtime", folder, options.cache)];
      const assembled = assembleImage({
        ...{ base: found.image, layers: packed, platform },
        config: runtimeStart(runtime, found.image.config.config?.Env ?? []),
        annotations: runtimeLabels(runtime),
      });
      const baseImage = {
        repository: (found.image.name ?? "base").replace(/:[\w.-]+$/, ""),
        digest: found.image.manifest.digest,
      };
      const bill = runtimeBillOfMaterials({ ...runtime, baseImage });
      images.push({ assembled, base: found, packed, bill, runtime });
    }
    const { runtime } = images[0]!;
    return {
      image: await publishImages(images, runtimeLabels(runtime), { destination, tag }),
      platforms: images.map(platformSummary),
      version: runtime.version,
      lockSha256: runtime.lockSha256,
      packages: runtime.packages.length,
    };
  } catch (error) {
    await destination.abandon();
    throw error;
  }
}

/** `docker run IMAGE gate ...` by the entrypoint, and `slipway gate ...` for engines that replace it by a command. */
function runtimeStart(runtime: LaidRuntime, baseEnv: readonly string[]): ContainerStart {
  return {
    env: { PATH: extendedPath(baseEnv, `${RUNTIME_ROOT}/${runtime.programs}`), NODE_ENV: "production" },
    entrypoint: ["node", `${RUNTIME_ROOT}/${runtime.main}`],
    user: NOBODY,
    workingDir: WORKING_FOLDER,
    exposedPorts: [],
    labels: runtimeLabels(runtime),
    stopSignal: "SIGTERM",
  };
}

function runtimeLabels({ version, lockSha256 }: LaidRuntime): Readonly<Record<string, string>> {
  return {
    "org.opencontainers.image.title": "slipway-runtime",
    "org.opencontainers.image.description": "The slipway command for jobs of a pipeline",
    "org.opencontainers.image.version": version,
    "dev.slipway.version": version,
    "dev.slipway.runtime-lock": `sha256:${lockSha256}`,
  };
}
