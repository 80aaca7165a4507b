import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformVariable, type TerraformStack } from "cdktf";
import { InvalidInputError } from "slipway";
import { DockerImage, type DockerImageProps, DockerRegistry, type DockerRegistryProps } from "slipway/docker";
import { aHost, imageProps, registryProps, SOME_DIGEST } from "./a-docker-host";

/** What is said of everything that is wrong, by property path, and that nothing was made. */
function problemsOf(make: (stack: TerraformStack) => unknown): Record<string, string> {
  const stack = aHost();
  const before = stack.node.findAll().length;
  try {
    make(stack);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const made = stack.node.findAll().filter(({ node }) => node.id !== "secret");
    expect(made).toHaveLength(before);
    return Object.fromEntries(
      error.problems.map(({ path, value, says }) => [path, `${JSON.stringify(value)} ${says}`]),
    );
  }
  throw new Error("this was accepted");
}

const ofRegistry = (props: Partial<Record<keyof DockerRegistryProps, unknown>>): Record<string, string> =>
  problemsOf((stack) => new DockerRegistry(stack, "registry", { ...registryProps, ...props } as DockerRegistryProps));

const ofImage = (props: Partial<DockerImageProps>): Record<string, string> =>
  problemsOf((stack) => new DockerImage(stack, "image", { ...imageProps, ...props }));

const PEM = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";

describe("a registry", () => {
  test("is refused with everything that is wrong with it at once", () => {
    expect(
      ofRegistry({
        name: "-",
        image: "registry:2",
        certificatePath: "tls.crt",
        keyPath: PEM,
        htpasswdPath: "",
        address: "localhost",
        host: "https://registry",
        port: 70_000,
        memoryMegabytes: 0.5,
        user: "0:0",
        healthCheck: [],
      }),
    ).toMatchInlineSnapshot(`
     {
       "address": ""localhost" is not an IP address",
       "certificatePath": ""tls.crt" is not an absolute path",
       "healthCheck": "[] is empty",
       "host": ""https://registry" is not a host's name or address",
       "htpasswdPath": "undefined is required",
       "image": ""registry:2" names no digest: a tag can be moved to another program, which would then hold every image",
       "keyPath": ""(not shown)" is the content of a file, which would stand in the plan and in the state",
       "memoryMegabytes": "0.5 is not a whole number of at least 32",
       "name": ""-" is not a name that Docker takes",
       "port": "70000 is not a TCP port",
       "user": ""0:0" is not a user and group other than root, by number",
     }
    `);
  });

  test.each([
    ["registry", "a name alone"],
    ["registry:2.8.3", "a tag"],
    ["registry@sha256:1234", "half a digest"],
    [`Registry@${SOME_DIGEST}`, "capital letters"],
  ])("image %s is refused: %s", (image) => {
    expect(ofRegistry({ image })).toEqual({ image: expect.stringContaining("names no digest") as string });
  });

  test.each([
    ["keyPath", PEM],
    ["certificatePath", PEM.replaceAll("PRIVATE KEY", "CERTIFICATE")],
    ["htpasswdPath", "ci:$2y$05$abcdefghijklmnopqrstuv"],
  ])("%s takes no content, and the message does not repeat it", (path, content) => {
    expect(ofRegistry({ [path]: content })).toEqual({
      [path]: '"(not shown)" is the content of a file, which would stand in the plan and in the state',
    });
  });

  test("takes no value that only Terraform knows for a path: it may be the secret itself", () => {
    const said = problemsOf((stack) => {
      const secret = new TerraformVariable(stack, "secret", { sensitive: true });
      return new DockerRegistry(stack, "registry", { ...registryProps, keyPath: secret.stringValue });
    });
    expect(said).toEqual({
      keyPath: '"(a value of Terraform\'s)" is known only when Terraform runs, and may hold a secret',
    });
  });

  test("needs TLS, unless it is told otherwise by name", () => {
    const without = { certificatePath: undefined, keyPath: undefined };
    expect(Object.keys(ofRegistry(without))).toEqual(["certificatePath", "keyPath"]);
    expect(ofRegistry({ ...without, insecurePlainHttp: true, address: "10.0.0.7" })).toEqual({
      insecurePlainHttp: "true would send passwords over the network for everybody to read",
    });
    expect(ofRegistry({ insecurePlainHttp: true })).toEqual({
      insecurePlainHttp: "true contradicts the certificate, which would not be used",
    });
  });

  test.each(["0.0.0.0", "::"])("on every address (%s) needs the name that clients use", (address) => {
    expect(Object.keys(ofRegistry({ address }))).toEqual(["host"]);
  });

  test.each(["Risk", "risk/", "risk:1", "/risk", "registry.acme.example:5000/risk", ""])(
    "has no repository %j",
    (name) => {
      expect(() => new DockerRegistry(aHost(), "registry", registryProps).repository(name)).toThrow(InvalidInputError);
    },
  );

  test("that is there already is refused with everything that is wrong with it at once", () => {
    const said = problemsOf((stack) =>
      DockerRegistry.fromExistingRegistry(stack, "registry", { host: "registry:5000", port: 0 }),
    );
    expect(Object.keys(said)).toEqual(["host", "port"]);
  });
});

describe("an image", () => {
  test("is refused with everything that is wrong with it at once", () => {
    expect(
      ofImage({
        context: "no/such/folder",
        repository: "registry.acme.example/risk/tools:1",
        tag: "a b",
        platform: "linux",
        buildArgs: { "NOT-A-NAME": "1", PIP_TOKEN: "pypi-secret", CERTIFICATE: PEM },
        labels: { team: "risk", "org.opencontainers.image.title": "Tools" },
      }),
    ).toMatchInlineSnapshot(`
     {
       "buildArgs.CERTIFICATE": ""(not shown)" looks like a secret, and build arguments can be read in the plan, in the state and in the image's history",
       "buildArgs.NOT-A-NAME": ""NOT-A-NAME" is not a name that ARG takes",
       "buildArgs.PIP_TOKEN": ""(not shown)" looks like a secret, and build arguments can be read in the plan, in the state and in the image's history",
       "context": ""no/such/folder" is not a folder",
       "labels["org.opencontainers.image.title"]": ""org.opencontainers.image.title" has a property of its own",
       "labels["team"]": ""team" is not in reverse domain notation",
       "platform": ""linux" is not a platform",
       "repository": ""registry.acme.example/risk/tools:1" is not the name of a repository",
       "tag": ""a b" is not a tag",
     }
    `);
  });

  test.each(["NPM_TOKEN", "db_password", "AWS_SECRET_ACCESS_KEY", "API_KEY"])("takes no build argument %s", (name) => {
    expect(ofImage({ buildArgs: { [name]: "hunter2" } })).toEqual({
      [`buildArgs.${name}`]: expect.stringMatching(/^"\(not shown\)" looks like a secret/) as string,
    });
  });

  test.each(["TOKENIZER", "KEYBOARD", "AUTHOR", "PYTHON_VERSION"])("takes a build argument %s", (name) => {
    expect(() => new DockerImage(aHost(), "image", { ...imageProps, buildArgs: { [name]: "1" } })).not.toThrow();
  });

  test.each(["../Dockerfile", "/etc/passwd", "Containerfile", ""])("has no Dockerfile %j", (dockerfile) => {
    expect(Object.keys(ofImage({ dockerfile }))).toEqual(["dockerfile"]);
  });

  test("is not built from a whole repository", () => {
    const context = mkdtempSync(join(tmpdir(), "slipway-context-"));
    mkdirSync(join(context, ".git"));
    expect(ofImage({ context }).context).toContain("holds a repository with its history");
    rmSync(context, { recursive: true });
  });

  test.each(["acme/base", "acme/base:", "acme/Base:1", "https://acme/base:1", ""])(
    "does not exist as %j",
    (reference) => {
      const said = problemsOf((stack) => DockerImage.fromExistingImage(stack, "base", { reference }));
      expect(Object.keys(said)).toEqual(["reference"]);
    },
  );
});
