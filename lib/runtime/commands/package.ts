import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalText } from "../../blueprint/manifest/canonical-text";
import type { PackagingDocument } from "../../blueprint/pipeline/pipeline-document";
import { imageStatement } from "../../verdict/evidence/image-statement";
import { assuranceOf, runUrl } from "../assurance";
import type { CommandContext } from "../command-context";
import { digestFolder } from "../handoff/folder-digest";
import { attachArtifact } from "../oci/attach-artifact";
import type { ImageDestination } from "../oci/image-places";
import { ImagePlaces } from "../oci/open-image";
import { parseReference } from "../oci/reference";
import { markdownTable } from "../output/markdown";
import { baseUpdate } from "../packaging/base-image";
import { baseReference } from "../packaging/collected-parts";
import { ImageFile } from "../packaging/image-handoff";
import { layOptions } from "../packaging/lay-options";
import { imageCredentials, imageRepository } from "../packaging/image-place";
import { type PackagedModel, packageModel } from "../packaging/package-model";
import { requiredPackaging } from "../packaging/required-packaging";
import { requireTrainingLock } from "../packaging/training-lock";
import { requirePassedGate } from "../registration/own-evidence";
import { openSigner } from "../signing/open-signer";
import { statementBytes } from "../signing/statement-text";
import { readTrainingReport, type TrainingReport } from "../train/training-report";
import { version } from "../version";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "package",
  summary: "put the gated model into an image that serves it",
  description: `Assembles an OCI image: the base by its digest, a layer of the locked environment's wheels for each platform (each held against the
hash in the lock, none compiled, nothing run), one of the server, one of the files that packaging names, one of the model. Needs no
container engine, no root and no privilege. The same parts give the same digest on any machine and any day.

The lock must be the one that the model was trained with. The image is pushed by digest, with a bill of materials (CycloneDX) and a
signed statement of what is in it attached; without a repository, and on a laptop, it stays an OCI image layout in the hand-off.
SLIPWAY_IMAGES names another repository, or says layout. Whether the base's tag names a newer image by now is reported.

On the review line everything is assembled, nothing is pushed or signed.`,
  options: [],
  takes: (_args, line) => (line === "review" ? ["model", "parts"] : ["model", "evidence", "parts"]),
  async run(context) {
    const { manifest, work, env, line, out } = context;
    const packaging = requiredPackaging(manifest.pipeline, "package");
    const model = { folder: work.handoff("model"), digest: context.takes.get("model")! };
    const training = await readTrainingReport(model.folder);
    if (line === "delivery") await requirePassedGate(context, model.digest);
    if (packaging.base.kind === "image")
      await requireTrainingLock(work.handoff("parts"), manifest.pipeline.python, training);

    const folder = work.handoff("image");
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const repository = line === "review" ? null : imageRepository(packaging, env);
    const layout = join(folder, ImageFile.layout);
    const places = new ImagePlaces(imageCredentials(packaging, env));
    const destination = places.destination(parseReference(repository ?? `oci:${layout}`, "packaging.repository"));
    const base = await baseReference(packaging, work.handoff("parts"));
    out.progress(`assembling for ${packaging.platforms.join(", ")} upon ${base}`);
    const packaged = await packageModel(
      {
        manifest,
        packaging,
        model,
        gitRevision: training?.git.commit ?? null,
        parts: work.handoff("parts"),
        base,
        // A review has no credentials, and a laptop may have no way to the registry.
        baseMayBeMissing: line === "review" || (repository === null && assuranceOf(env) === "laptop"),
      },
      { places, destination, tag: repository === null ? manifest.pipeline.name : null, options: layOptions(context) },
    );
    const reference = repository === null ? null : `${repository}@${packaged.image.digest}`;
    if (line === "delivery") await sign(context, packaging, { packaged, base, training, destination, repository });
    else await rm(layout, { recursive: true, force: true });
    const update = packaging.base.kind === "image" && packaged.complete ? await baseUpdate(base, places) : null;
    const report = { image: packaged.image.digest, reference, model: model.digest, base, ...describe(packaged) };
    await writeFile(join(folder, ImageFile.document), canonicalText({ kind: "slipway.image", version: 1, ...report }));
    say(context, packaged, { reference, update });
    return {
      outcome: "passed",
      report: { ...report, baseUpdate: update },
      gives: ["image"],
      outputs: { digest: packaged.image.digest },
    };
  },
};

interface Signing {
  readonly packaged: PackagedModel;
  readonly base: string;
  readonly training: TrainingReport | null;
  readonly destination: ImageDestination;
  readonly repository: string | null;
}

/** States what is in the image, in the hand-off for later jobs and beside the image for everybody. */
async function sign(
  { manifest, manifestDigest, work, env, out }: CommandContext,
  packaging: PackagingDocument,
  { packaged, base, training, destination, repository }: Signing,
): Promise<void> {
  const { pipeline } = manifest;
  const statement = imageStatement(
    repository ?? pipeline.name,
    packaged.image.digest,
    {
      pipeline: pipeline.name,
      repository: manifest.repository,
      model: (await digestFolder(work.handoff("model"))).digest,
      base: { reference: packaging.base.kind === "image" ? base : "dockerfile", digest: packaged.baseDigest },
      lock: packaging.base.kind === "image" && training !== null ? training.environmentLock : null,
      platforms: packaging.platforms,
      server: packaging.server,
    },
    { manifestDigest, version: version(), run: runUrl(env) },
  );
  const signer = openSigner(pipeline.signing, env);
  const signed = Buffer.from(canonicalText(await signer.sign(statementBytes(statement))));
  await writeFile(join(work.handoff("image"), ImageFile.statement), signed);
  await attachArtifact(destination, packaged.image, {
    artifactType: "application/vnd.in-toto+json",
    bytes: signed,
    annotations: {
      "org.opencontainers.image.title": ImageFile.statement,
      "in-toto.io/predicate-type": statement.predicateType,
    },
  });
  out.progress(`signed by ${signer.name}`);
}

function describe({ platforms, baseDigest, complete }: PackagedModel) {
  return { platforms, baseDigest, complete };
}

function say(
  { out, manifest }: CommandContext,
  { image, platforms, complete }: PackagedModel,
  { reference, update }: { readonly reference: string | null; readonly update: string | null },
): void {
  out.say(`image ${reference ?? image.digest}`);
  for (const { platform, size, packages } of platforms) {
    const environment = packages === null ? "" : `, ${packages} Python packages`;
    out.say(`  ${platform}: ${(size / 1e6).toFixed(1)} MB${environment}`);
  }
  if (!complete) out.say("  incomplete: the base could not be reached, and its layers are not in the image");
  if (update !== null) out.say(`  ${update}`);
  const layers = platforms.flatMap(({ platform, layers: each }) =>
    each.map(({ content, digest, size }) => [platform, content, digest, `${(size / 1e6).toFixed(1)} MB`]),
  );
  const note = [...(update === null ? [] : [update]), ...(complete ? [] : ["The layers of the base are missing."])];
  out.summary(
    `### Image of ${manifest.pipeline.name}\n\n\`${reference ?? image.digest}\`\n\n${markdownTable(["platform", "layer", "digest", "size"], layers)}${note.map((each) => `\n\n${each}`).join("")}`,
  );
}
