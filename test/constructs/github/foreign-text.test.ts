import type { TerraformStack } from "cdktf";
import { Testing } from "cdktf";
import fc from "fast-check";
import { createHash } from "node:crypto";
import {
  DataContract,
  DataSource,
  Environment,
  MlPipeline,
  Registry,
  Stage,
  Store,
  Training,
  type ReleaseManifest,
} from "slipway";
import { parseReleaseManifest, releaseManifestText } from "../../../lib/blueprint/manifest/release-manifest";
import { renderWorkflows } from "../../../lib/renderers/github/render-workflows";
import { unescapeTerraformTemplate } from "../../../lib/renderers/terraform-text";
import { describeWith } from "../../tools";
import { aStack, CONTRACT, promotingProps } from "../a-program";
import { TerraformStrings } from "./terraform-strings";

/** What means something to Terraform, to GitHub's expressions, to bash, to YAML or to Unicode. */
const MEANINGFUL = [
  "${path.module}",
  '${file("/etc/hostname")}',
  "%{ if true }x%{ endif }",
  "$${",
  "%%{",
  "${{ secrets.SLIPWAY_SIGNING_KEY }}",
  "${{ '${{' }}",
  "}}",
  "$(touch executed)",
  "`touch executed`",
  "\n",
  "\t",
  '"',
  "'",
  "\\",
  "\\n",
  "EOF\n",
  ": ",
  "- ",
  " #",
  "\u2028",
  "漢字",
  "🙂",
  "é",
] as const;

const foreign = fc
  .array(fc.oneof(fc.constantFrom(...MEANINGFUL), fc.string({ unit: "grapheme", maxLength: 6 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(""))
  .filter((text) => text.trim() !== "");

/** What stands in a workflow or a variable may not hold letters in parts; see the wrong programs. */
const composed = foreign.map((text) => text.normalize("NFC"));

/** For the manifest alone: any letters, in one part or several. */
const decomposed = foreign.map((text) => text.normalize("NFD"));

const texts = fc.record({
  train: decomposed,
  predict: decomposed,
  lint: composed,
  test: composed,
  stage: composed,
  data: decomposed,
  bucket: decomposed,
  model: decomposed,
  purpose: decomposed,
  heldOut: decomposed,
  variable: composed,
});
type Texts = typeof texts extends fc.Arbitrary<infer T> ? T : never;

interface Delivered {
  readonly manifest: ReleaseManifest;
  /** As Terraform's JSON holds them, by path or name. */
  readonly strings: Readonly<Record<string, string>>;
}

function deliver(said: Texts): Delivered {
  const stack = aStack();
  const contract = DataContract.parse(CONTRACT, "claims").document;
  const { manifest } = new MlPipeline(stack, "insurance-risk", {
    ...promotingProps(stack),
    contract: DataContract.fromDocument({ ...contract, description: { purpose: said.purpose } }),
    train: Training.command(said.train, { predict: said.predict }),
    lint: said.lint,
    test: said.test,
    stages: [Stage.command("scan", said.stage, { after: ["train"] })],
    data: DataSource.command(said.data, { output: "claims.parquet" }),
    store: Store.s3({ bucket: said.bucket, region: "eu-central-1" }),
    registry: Registry.mlflow({ model: said.model, experiment: said.model }),
    environments: [Environment.staging()],
    variables: { MLFLOW_TRACKING_URI: said.variable },
  });
  return { manifest, strings: stringsOf(stack) };
}

function stringsOf(stack: TerraformStack): Readonly<Record<string, string>> {
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    resource: Record<string, Record<string, Record<string, string>>>;
  };
  const files = Object.values(resource.github_repository_file!);
  const variables = Object.values(resource.github_actions_environment_variable!);
  return Object.fromEntries([
    ...files.map(({ file, content }) => [file, content] as const),
    ...variables.map(({ variable_name, value }) => [variable_name, value] as const),
  ]) as Record<string, string>;
}

/** The expressions that GitHub would evaluate in a text. */
function expressions(text: string): ReadonlySet<string> {
  return new Set(text.replaceAll("${{ '${{' }}", "").match(/\$\{\{[^]*?\}\}/g));
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Held by what every user may write into every field, not by what one happened to. */
const PROGRAMS = 25;

describeWith(
  () => TerraformStrings.find(),
  "whatever a user writes",
  (terraform) => {
    test("reaches the repository byte for byte, and is what the workflows name by digest", () => {
      fc.assert(
        fc.property(fc.array(texts, { minLength: PROGRAMS, maxLength: PROGRAMS }), (programs) => {
          const delivered = programs.map(deliver);
          const written = terraform.read(delivered.flatMap(({ strings }) => Object.values(strings)));
          let at = 0;
          delivered.forEach(({ manifest, strings }, index) => {
            const read = Object.fromEntries(Object.keys(strings).map((name) => [name, written[at++]!]));
            const manifestText = read[".slipway/insurance-risk.json"]!;
            expect(manifestText).toBe(releaseManifestText(manifest));
            expect(parseReleaseManifest(manifestText)).toEqual(manifest);
            expect(manifest.pipeline.commands.train).toBe(programs[index]!.train);
            expect(manifest.contract).toMatchObject({ description: { purpose: programs[index]!.purpose } });
            expect(read.MLFLOW_TRACKING_URI).toBe(programs[index]!.variable);
            const rendered = renderWorkflows(manifest, {
              manifestDigest: `sha256:${sha256(manifestText)}`,
              runtimeLockSha256: sha256(read[".slipway/runtime/package-lock.json"]!),
            });
            for (const { path, text } of rendered) expect(read[path]).toBe(text);
          });
        }),
        { numRuns: 1 },
      );
    });
  },
);

test("whatever a user writes adds nothing to what GitHub evaluates", () => {
  const harmless = deliver(
    fc.sample(
      texts.map((said) => ({ ...said, lint: "x", test: "x", stage: "x" })),
      1,
    )[0]!,
  );
  fc.assert(
    fc.property(texts, (said) => {
      const { strings } = deliver(said);
      for (const [path, content] of Object.entries(strings)) {
        if (!path.endsWith(".yml")) continue;
        expect(expressions(unescapeTerraformTemplate(content))).toEqual(
          expressions(unescapeTerraformTemplate(harmless.strings[path]!)),
        );
      }
    }),
    { numRuns: 25 },
  );
});
