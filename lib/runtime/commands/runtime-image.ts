import { resolve } from "node:path";
import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import { somethingAt } from "../handoff/folder-digest";
import { ImagePlaces } from "../oci/open-image";
import { formatReference, parseReference } from "../oci/reference";
import { baseUpdate } from "../packaging/base-image";
import { credentialsFor } from "../packaging/image-place";
import { isImagePlatform, PLATFORM_NAMES } from "../packaging/image-platform";
import { layOptions } from "../packaging/lay-options";
import { packageRuntime, RUNTIME_ROOT } from "../packaging/runtime-image";
import type { Arguments } from "./arguments";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "runtime-image",
  summary: "put this command into an image, for jobs that run in a cluster",
  description: `Assembles an OCI image for jobs of a cluster or of a self-hosted engine: the base by its digest, and one layer at
${RUNTIME_ROOT} with exactly the packages of the lock that the pipeline delivers, each of the integrity the lock states, no script of
theirs run. A Slipway vendored beside the lock is taken from there. Needs npm; no container engine, no root. The same lock and base give
the same digest on any machine and any day.

The image runs slipway as user 65532, in /work, where a job mounts its checkout; slipway is on its PATH as well. A bill of materials
(CycloneDX) is attached. Whether the base's tag names a newer image by now is reported.`,
  options: [
    {
      name: "base",
      value: "image",
      summary: "an image with Node.js 20.18 or later, by digest: node:22-slim@sha256:...",
    },
    { name: "repository", value: "name", summary: "where it is pushed, by digest: ghcr.io/acme/slipway-runtime" },
    { name: "output", value: "folder", summary: "write it into an OCI image layout instead" },
    {
      ...{ name: "platform", value: "linux/amd64|linux/arm64", repeatable: true },
      summary: "what it is for (default: linux/amd64)",
    },
    { name: "lock", value: "folder", summary: "package.json and package-lock.json (default: .slipway/runtime)" },
  ],
  manifest: "none",
  async run(context, args) {
    const { repository: directory, env, out } = context;
    const base = args.requiredText("base");
    const platforms = platformsOf(args);
    const repository = repositoryOf(args);
    const output = args.text("output");
    if (output === undefined && repository === null)
      throw args.wrong("--repository", undefined, "is missing", "Name a repository, or a folder with --output.");
    if (output !== undefined && (repository !== null || (await somethingAt(resolve(directory, output)))))
      throw args.wrong(
        "--output",
        output,
        repository === null ? "is there already" : "is given together with --repository",
        repository === null ? "Name a folder that does not exist yet." : "Give one of the two.",
      );
    const lockFolder = resolve(directory, args.text("lock") ?? ".slipway/runtime");
    const places = new ImagePlaces(credentialsFor(repository, env));
    const reference = repository ?? `oci:${resolve(directory, output!)}`;
    const destination = places.destination(parseReference(reference, "--repository"));
    out.progress(`assembling for ${platforms.join(", ")} upon ${base}`);
    const packaged = await packageRuntime(
      { lockFolder, base, platforms },
      { places, destination, tag: repository === null ? "slipway-runtime" : null, options: layOptions(context) },
    );
    const { image, version, packages } = packaged;
    const pushed = repository === null ? null : `${repository}@${image.digest}`;
    const update = await baseUpdate(base, places);
    out.say(`image ${pushed ?? image.digest}: slipway ${version}, ${packages} npm packages`);
    for (const { platform, size } of packaged.platforms) out.say(`  ${platform}: ${(size / 1e6).toFixed(1)} MB`);
    if (update !== null) out.say(`  ${update}`);
    return {
      outcome: "passed",
      report: { ...packaged, image: image.digest, reference: pushed, base, baseUpdate: update },
    };
  },
};

function platformsOf(args: Arguments): readonly ImagePlatform[] {
  const said = [...new Set(args.list("platform"))];
  return (said.length === 0 ? ["linux/amd64"] : said).map((platform) => {
    if (isImagePlatform(platform)) return platform;
    const remedy = `Write one of ${Object.keys(PLATFORM_NAMES).join(", ")}.`;
    throw args.wrong("--platform", platform, "is no platform that jobs run on", remedy);
  });
}

function repositoryOf(args: Arguments): string | null {
  const text = args.text("repository");
  if (text === undefined) return null;
  const reference = parseReference(text, "--repository");
  if (reference.kind === "registry" && reference.tag === null && reference.digest === null)
    return formatReference(reference);
  throw args.wrong("--repository", text, "is no plain repository", "Write registry/name, without tag or digest.");
}
