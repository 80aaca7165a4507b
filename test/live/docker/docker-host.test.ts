import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { DockerImage, DockerRegistry } from "slipway/docker";
import { describeWith } from "../../tools";
import {
  baseSystem,
  ContainerEngine,
  htpasswdLine,
  loopbackCertificate,
  LoopbackRegistry,
  restrictedRunFlags,
  type ServerCertificate,
} from "../container-engine";
import { freePort } from "../server-process";
import { Terraform, type TerraformResult } from "../terraform";
import { registryImage } from "./registry-image";

const ci = { username: "ci", password: "s3cret-of-ci" };
const healthCheck = [
  ...["python3", "-c"],
  "import urllib.request as u; u.urlopen('http://127.0.0.1:5001/debug/health', timeout=4)",
];

function emptyStack(): string {
  const stack = new TerraformStack(new App(), "empty");
  new DockerProvider(stack, "docker", {});
  return Testing.synth(stack);
}

describeWith(
  () => ({
    Engine: ContainerEngine.required(),
    Registry: LoopbackRegistry.required(),
    base: baseSystem(),
    terraform: Terraform.initialized(emptyStack()),
  }),
  "a Docker host, provisioned by Terraform with the provider docker 3.6.2",
  ({ Engine, Registry, base }) => {
    let engine: ContainerEngine;
    let places: LoopbackRegistry;
    let project: string;
    let hostFiles: Record<"certificatePath" | "keyPath" | "htpasswdPath", string>;
    let certificate: ServerCertificate;
    let image: string;
    let port: number;

    beforeAll(async () => {
      [engine, places] = await Promise.all([Engine.start(), Registry.start()]);
      engine.load(`oci:${base.layout}:base`, "base:test");
      image = registryImage(engine, places, "base:test");
      project = mkdtempSync(join(engine.files, "project-"));
      port = await freePort();
      const folder = join(engine.files, "etc-registry");
      mkdirSync(folder);
      certificate = loopbackCertificate(folder);
      const htpasswdPath = join(folder, "htpasswd");
      writeFileSync(htpasswdPath, htpasswdLine(ci));
      hostFiles = { certificatePath: certificate.certificate, keyPath: certificate.key, htpasswdPath };
      for (const file of Object.values<string>(hostFiles)) {
        chownSync(file, 65532, 65532);
        chmodSync(file, 0o400);
      }
      const auths = { [`127.0.0.1:${String(port)}`]: { auth: Buffer.from(`ci:${ci.password}`).toString("base64") } };
      writeFileSync(join(project, "login.json"), JSON.stringify({ auths }));
      mkdirSync(join(project, "tools"));
      writeFileSync(
        join(project, "tools", "Dockerfile"),
        'FROM base:test\nARG GREETING\nCOPY word /word\nENV GREETING=$GREETING\nCMD ["sh", "-c", "echo $GREETING $(cat /word)"]\n',
      );
      writeFileSync(join(project, "tools", "word"), "world");
    });
    afterAll(async () => {
      await engine.stop();
      await places.stop();
    });

    /** A stack as `cdktf synth` writes it, ready for Terraform. */
    function synthesized(name: string, program: (stack: TerraformStack) => void): Terraform {
      const app = new App({ outdir: join(project, "cdktf.out") });
      const stack = new TerraformStack(app, name);
      new LocalBackend(stack, { path: stateOf(name) });
      new DockerProvider(stack, "docker", {
        host: engine.host,
        registryAuth: [{ address: `127.0.0.1:${String(port)}`, configFile: join(project, "login.json") }],
      });
      program(stack);
      app.synth();
      return Terraform.inStack(join(project, "cdktf.out", "stacks", name), {
        SSL_CERT_FILE: certificate.authority,
        DOCKER_CONFIG: join(project, "no-config"),
      });
    }

    const stateOf = (name: string) => join(project, `${name}.tfstate`);

    function registryOf(stack: TerraformStack, removalPolicy: "retain" | "destroy"): DockerRegistry {
      return new DockerRegistry(stack, "registry", {
        name: "registry",
        image,
        port,
        removalPolicy,
        healthCheck,
        ...hostFiles,
      });
    }

    const platform = (removalPolicy: "retain" | "destroy" = "destroy") =>
      synthesized("platform", (stack) => {
        registryOf(stack, removalPolicy);
      });

    const images = (greeting: string) =>
      synthesized("images", (stack) => {
        const registry = DockerRegistry.fromExistingRegistry(stack, "registry", { host: "127.0.0.1", port });
        const context = join(project, "tools");
        const tools = new DockerImage(stack, "tools", {
          context,
          repository: registry.repository("risk/tools"),
          platform: "linux/amd64",
          buildArgs: { GREETING: greeting },
          description: { title: "Tools with ${braces}", version: "1.0" },
        });
        const tagged = new DockerImage(stack, "stable", {
          context,
          repository: registry.repository("risk/tagged"),
          tag: "stable",
        });
        new TerraformOutput(stack, "image", { value: tools.imageRef, staticId: true });
        new TerraformOutput(stack, "tagged", { value: tagged.imageRef, staticId: true });
      });

    /** What Terraform printed, where it succeeded. */
    function done({ status, output }: TerraformResult): string {
      if (status !== 0) throw new Error(output);
      return output;
    }

    const apply = (terraform: Terraform) => terraform.run("apply", "-auto-approve", "-input=false");
    const destroy = (terraform: Terraform) => terraform.run("destroy", "-auto-approve", "-input=false");

    /** 0: nothing to do, 2: changes, 1: an error. */
    async function planned(terraform: Terraform): Promise<number> {
      const { status, output } = await terraform.run("plan", "-detailed-exitcode", "-input=false");
      if (status !== 0) process.stderr.write(output);
      return status;
    }

    async function imageOf(terraform: Terraform, output = "image"): Promise<string> {
      // What Terraform says of its own configuration comes before.
      return done(await terraform.run("output", "-raw", output))
        .split("\n")
        .at(-1)!;
    }

    function inspect(reference: string, ...login: string[]): { status: number | null; stderr: string } {
      const trust = join(project, "trust");
      mkdirSync(trust, { recursive: true });
      writeFileSync(join(trust, "ca.crt"), readFileSync(certificate.authority));
      return spawnSync("skopeo", ["inspect", "--cert-dir", trust, ...login, `docker://${reference}`], {
        encoding: "utf8",
      });
    }

    it("runs a registry without rights, takes images from who has the password, and goes without a trace", async () => {
      const registry = platform();
      done(await apply(registry));
      expect(await planned(registry)).toBe(0);

      const [running] = JSON.parse(engine.docker("inspect", "registry")) as [Inspected];
      expect(running).toMatchObject({
        State: { Status: "running", Health: { Status: "healthy" } },
        Config: { User: "65532:65532" },
        HostConfig: {
          ReadonlyRootfs: true,
          Privileged: false,
          CapAdd: null,
          CapDrop: ["ALL"],
          SecurityOpt: ["no-new-privileges"],
          Memory: 512 * 1024 * 1024,
          RestartPolicy: { Name: "unless-stopped" },
          PortBindings: { "5000/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] },
        },
      });
      expect(running.Mounts.filter(({ Type }) => Type === "bind").map(({ RW }) => RW)).toEqual([false, false, false]);

      const first = images("hello");
      done(await apply(first));
      expect(await planned(first)).toBe(0);
      const reference = await imageOf(first);
      expect(reference).toMatch(new RegExp(`^127.0.0.1:${String(port)}/risk/tools@sha256:[0-9a-f]{64}$`));
      expect(inspect(reference, "--creds", `ci:${ci.password}`).status).toBe(0);
      expect(inspect(reference, "--creds", "ci:guess").stderr).toContain("unauthorized");
      expect(inspect(reference, "--no-creds").stderr).toContain("unauthorized");
      expect(engine.docker("run", "--rm", ...restrictedRunFlags, reference)).toBe("hello world");
      const labels = engine.docker("inspect", "--format", "{{json .Config.Labels}}", reference);
      expect(JSON.parse(labels)).toMatchObject({ "org.opencontainers.image.title": "Tools with ${braces}" });

      const tagged = await imageOf(first, "tagged");
      writeFileSync(join(project, "tools", "word"), "moon");
      const second = images("hello");
      expect((await second.run("plan", "-detailed-exitcode", "-input=false")).status).toBe(2);
      done(await apply(second));
      expect(await planned(second)).toBe(0);
      expect(await imageOf(second)).not.toBe(reference);
      expect(engine.docker("run", "--rm", await imageOf(second))).toBe("hello moon");
      // Built anew under its old name, and pushed nevertheless.
      expect(await imageOf(second, "tagged")).not.toBe(tagged);
      // The image before is still there for whoever runs it.
      expect(inspect(reference, "--creds", `ci:${ci.password}`).status).toBe(0);

      for (const state of ["platform", "images"].map(stateOf)) {
        const text = readFileSync(state, "utf8");
        for (const secret of [ci.password, readFileSync(certificate.key, "utf8").slice(40, 80), "$2b$"]) {
          expect(text).not.toContain(secret);
        }
      }

      done(await destroy(second));
      done(await destroy(registry));
      expect(engine.docker("ps", "--all", "--quiet")).toBe("");
      expect(engine.docker("volume", "ls", "--quiet")).toBe("");
    });

    it("keeps the images of a registry unless it was told otherwise", async () => {
      done(await apply(platform("retain")));
      const refused = await destroy(platform("retain"));
      expect(refused.status).toBe(1);
      expect(refused.output).toContain("Instance cannot be destroyed");
      expect(engine.docker("volume", "ls", "--quiet")).toBe("registry-data");
      done(await destroy(platform("destroy")));
      rmSync(join(project, "cdktf.out"), { recursive: true });
    });

    it("says so when a file is not on the Docker host", async () => {
      const broken = synthesized("broken", (stack) => {
        new DockerRegistry(stack, "registry", {
          name: "broken",
          image,
          port,
          healthCheck,
          removalPolicy: "destroy",
          ...hostFiles,
          htpasswdPath: "/nowhere/htpasswd",
        });
      });
      const refused = await apply(broken);
      expect(refused.status).toBe(1);
      expect(refused.output).toContain("/nowhere/htpasswd");
      done(await destroy(broken));
    });
  },
);

/** What `docker inspect` says, as far as it is looked at. */
interface Inspected {
  readonly Mounts: readonly { Type: string; RW: boolean }[];
}
