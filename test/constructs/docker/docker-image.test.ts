import { chmodSync, cpSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Testing, TerraformOutput, TerraformVariable } from "cdktf";
import { DockerImage, type DockerImageProps } from "slipway/docker";
import { addresses, readablePlan } from "../pipeline/readable-plan";
import { aHost, CONTEXT, imageProps, SOME_DIGEST } from "./a-docker-host";

interface Synthesized {
  readonly resource: Record<
    "docker_image" | "docker_registry_image",
    Record<string, { name: string; build: { build_args: object } }>
  >;
  readonly output: Record<string, { value: string }>;
}

/** A stack with one image of these props, besides the ones that everyone has to give. */
function synthesized(props: Partial<DockerImageProps> = {}): string {
  const stack = aHost();
  const image = new DockerImage(stack, "tools", { ...imageProps, ...props });
  new TerraformOutput(stack, "image", { value: image.imageRef, staticId: true });
  return Testing.synth(stack);
}

/** The name that an image of these props is pushed under. */
function pushedAs(props: Partial<DockerImageProps> = {}): string {
  const { resource } = JSON.parse(synthesized(props)) as Synthesized;
  return Object.values(resource.docker_image)[0]!.name;
}

test("an image by nothing but what it needs", () => {
  expect(readablePlan(synthesized())).toMatchSnapshot();
});

test("an image with everything said", () => {
  const everything: Partial<DockerImageProps> = {
    tag: "1.4",
    dockerfile: "Dockerfile",
    target: "runtime",
    platform: "linux/arm64/v8",
    buildArgs: { GREETING: "hello ${name}" },
    description: { title: "Tools", version: "1.4", revision: "abc", source: "https://git.acme.example/tools" },
    labels: { "example.acme.team": "risk" },
    keepLocally: true,
    keepRemotely: false,
  };
  expect(readablePlan(synthesized(everything))).toMatchSnapshot();
});

test("what Terraform calls an image never changes: else it would be built and pushed again", () => {
  expect(addresses(synthesized())).toEqual([
    "docker_image.tools_image_A76FAE37",
    "docker_registry_image.tools_registry-image_A857F2B4",
  ]);
});

describe("the tag that follows from the content", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-context-"));
    cpSync(CONTEXT, folder, { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const tag = () => pushedAs({ context: folder });

  it("is the same wherever the folder is and whenever it was written", () => {
    utimesSync(join(folder, "bin", "greet"), 1, 1);
    expect(tag()).toBe(pushedAs());
  });

  it.each([
    [
      "the content of a file",
      () => {
        writeFileSync(join(folder, "bin", "greet"), "#!/bin/sh\necho bye\n");
      },
    ],
    [
      "the name of a file",
      () => {
        renameSync(join(folder, "bin", "greet"), join(folder, "bin", "hail"));
      },
    ],
    [
      "whether a file is a program",
      () => {
        chmodSync(join(folder, "bin", "greet"), 0o644);
      },
    ],
    [
      "a new file",
      () => {
        writeFileSync(join(folder, "new"), "");
      },
    ],
  ])("changes with %s", (_, change) => {
    change();
    expect(tag()).not.toBe(pushedAs());
  });

  it.each<[string, Partial<DockerImageProps>]>([
    ["the platform", { platform: "linux/arm64" }],
    ["a build argument", { buildArgs: { GREETING: "hello" } }],
    ["the stage", { target: "runtime" }],
    ["a label", { labels: { "example.acme.team": "risk" } }],
    ["the description", { description: { version: "2" } }],
  ])("changes with %s", (_, props) => {
    expect(pushedAs(props)).not.toBe(pushedAs());
  });

  it("does not depend on the number that cdktf gives a value that only Terraform knows", () => {
    const stack = aHost();
    const [one, two] = ["one", "two"].map((id) => {
      const variable = new TerraformVariable(stack, `${id}-base`, { type: "string" });
      const buildArgs = { BASE: variable.stringValue };
      return new DockerImage(stack, id, { ...imageProps, buildArgs }).image.nameInput;
    });
    expect(one).toBe(two);
    expect(Testing.synth(stack)).toContain('"BASE": "${var.one-base}"');
  });
});

test("an image is known by the digest that the registry gave it", () => {
  const { output } = JSON.parse(synthesized()) as Synthesized;
  expect(output.image!.value).toMatch(
    /^registry\.acme\.example\/risk\/tools@\$\{docker_registry_image\.tools_registry-image_\w+\.sha256_digest\}$/,
  );
});

describe("an existing image", () => {
  test("named by digest is that, and nothing is asked", () => {
    const stack = aHost();
    const image = DockerImage.fromExistingImage(stack, "base", { reference: `acme/base:1@${SOME_DIGEST}` });
    expect([image.imageRef, image.repository, image.digest]).toEqual([
      `acme/base@${SOME_DIGEST}`,
      "acme/base",
      SOME_DIGEST,
    ]);
    expect(image.lookup).toBeUndefined();
    expect(addresses(Testing.synth(stack))).toEqual([]);
  });

  test("named by tag is looked up when the plan is made", () => {
    const stack = aHost();
    const image = DockerImage.fromExistingImage(stack, "base", { reference: "registry.acme.example:5000/base:1" });
    new TerraformOutput(stack, "image", { value: image.imageRef });
    expect(readablePlan(Testing.synth(stack))).toMatchObject({
      base_lookup: { type: "data docker_registry_image", name: "registry.acme.example:5000/base:1" },
    });
    expect(image.repository).toBe("registry.acme.example:5000/base");
  });
});
