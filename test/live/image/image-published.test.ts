import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifiedImage } from "../../../lib/runtime/packaging/image-handoff";
import { commandFromSources } from "../../runtime/laptop/command-from-sources";
import { describeWith, goTool } from "../../tools";
import { needCapabilities } from "../container-engine/debian-programs";
import { PackagedPipeline, user } from "./packaged-pipeline";

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
  readonly manifests?: readonly { readonly digest: string; readonly artifactType?: string }[];
}

describeWith(
  () => ({ crane: goTool("crane"), ...PackagedPipeline.required() }),
  "a packaged image in a registry",
  ({ crane }) => {
    let pipeline: PackagedPipeline;
    let image: string;
    beforeAll(async () => {
      pipeline = await PackagedPipeline.start();
      image = await pipeline.package();
    });
    afterAll(() => pipeline.stop());

    const skopeo = (...args: string[]): string =>
      execFileSync("skopeo", args, { encoding: "utf8", maxBuffer: 1 << 28 });
    const digest = (): string => image.slice(image.indexOf("@") + 1);
    const repository = (): string => image.slice(0, image.indexOf("@"));
    const raw = (reference: string): Manifest =>
      JSON.parse(skopeo("inspect", "--raw", ...pipeline.registry.skopeoFlags(""), `docker://${reference}`)) as Manifest;

    it("is accepted by skopeo and crane", () => {
      const inspected = JSON.parse(skopeo("inspect", ...pipeline.registry.skopeoFlags(""), `docker://${image}`)) as {
        readonly Digest: string;
        readonly Labels: Readonly<Record<string, string>>;
      };
      expect(inspected.Digest).toBe(digest());
      expect(inspected.Labels).toMatchObject({ "dev.slipway.model": pipeline.model });
      const folder = mkdtempSync(join(tmpdir(), "slipway-crane-"));
      try {
        const env = { ...process.env, DOCKER_CONFIG: folder };
        const login = ["auth", "login", pipeline.registry.host, "-u", user.username, "-p", user.password];
        execFileSync(crane, login, { env, stdio: "pipe" });
        const said = execFileSync(crane, ["validate", "--insecure", "--remote", image], { env, encoding: "utf8" });
        expect(said).toMatch(/^PASS/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it("has its bill of materials and a signed statement as referrers", async () => {
      const attached = raw(`${repository()}:${digest().replace(":", "-")}`).manifests!;
      expect(attached.map(({ artifactType }) => artifactType).sort()).toEqual([
        "application/vnd.cyclonedx+json",
        "application/vnd.in-toto+json",
      ]);
      const content = (type: string): Buffer => {
        const found = attached.find(({ artifactType }) => artifactType === type)!;
        const layer = raw(`${repository()}@${found.digest}`).layers[0]!;
        return blob(pipeline, layer.digest);
      };
      const bill = JSON.parse(content("application/vnd.cyclonedx+json").toString()) as {
        readonly components: readonly { readonly name: string }[];
      };
      expect(bill.components.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["scikit-learn", "mlflow-skinny", "slipway-serving"]),
      );
      const signed = content("application/vnd.in-toto+json");
      const of = { model: pipeline.model, pipeline: "risk" };
      expect(await verifiedImage(signed, [pipeline.signer], of)).toBe(digest());
      const { envelope } = JSON.parse(signed.toString()) as { readonly envelope: { readonly payload: string } };
      const statement = Buffer.from(envelope.payload, "base64").toString();
      const { base } = pipeline.packaging;
      const lock = execFileSync("sha256sum", [join(pipeline.folder, "requirements.txt")], { encoding: "utf8" });
      for (const named of [
        pipeline.model.slice("sha256:".length),
        base.kind === "image" ? base.reference : "",
        lock.split(" ")[0]!,
      ])
        expect(statement).toContain(named);
    });

    it("is the same on another day", async () => {
      expect(await pipeline.package({}, "2031-12-31T23:59:59Z")).toBe(image);
    });

    it("says that the registry does not take the password, and not the password", async () => {
      const wrong = "a wrong password";
      const refused = await pipeline.slipway(["package"], { SLIPWAY_REGISTRY_PASSWORD: wrong });
      expect(refused.exitCode).toBe(5);
      expect(refused.document.error?.message).toContain(pipeline.registry.host);
      expect(refused.stderr + JSON.stringify(refused.document)).not.toContain(wrong);
      expect(refused.stderr).not.toMatch(/^\s+at /m);
    });
  },
);

describeWith(
  () => {
    needCapabilities("a root file system that is not written");
    return PackagedPipeline.required();
  },
  "an image packaged by nobody",
  () => {
    const [, main = ""] = commandFromSources();
    it("is the one that root packaged, with other folders, cache, time zone, umask and day", async () => {
      const pipeline = await PackagedPipeline.start();
      const place = realpathSync(mkdtempSync(join(tmpdir(), "slipway-nobody-")));
      try {
        const image = await pipeline.package();
        pipeline.copyTo(join(place, "repository"));
        cpSync(join(main, "..", "..", ".."), join(place, "command"), {
          recursive: true,
          verbatimSymlinks: true,
        });
        for (const folder of ["home", "cache", "tmp"]) mkdirSync(join(place, folder));
        execFileSync("chown", ["-R", "65534:65534", place]);
        execFileSync("chmod", ["755", place]);
        const env = {
          ...pipeline.env,
          PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
          HOME: join(place, "home"),
          XDG_CACHE_HOME: join(place, "cache"),
          TMPDIR: join(place, "tmp"),
          DOCKER_CONFIG: join(place, "home"),
          TZ: "Pacific/Kiritimati",
        };
        const said = execFileSync(
          "unshare",
          ["--mount", "sh", join(__dirname, "as-nobody.sh"), place, process.execPath],
          {
            env,
            encoding: "utf8",
            maxBuffer: 1 << 26,
          },
        );
        const { checks, packaged } = JSON.parse(said) as { checks: object; packaged: { reference: string } };
        expect(checks).toEqual({
          uid: 65534,
          capabilities: "0000000000000000",
          userNamespace: "refused",
          root: "read-only",
        });
        expect(packaged.reference).toBe(image);
      } finally {
        rmSync(place, { recursive: true, force: true });
        await pipeline.stop();
      }
    });
  },
);

function blob({ registry, packaging }: PackagedPipeline, digest: string): Buffer {
  const [, path = ""] = /^[^/]+\/(.*)$/.exec(packaging.repository!) ?? [];
  const login = `${user.username}:${user.password}`;
  return execFileSync("curl", ["-sf", "-u", login, `${registry.url}/v2/${path}/blobs/${digest}`]);
}
