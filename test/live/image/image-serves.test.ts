import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "../../../lib/runtime/command-line";
import { describeWith } from "../../tools";
import { ContainerEngine, restrictedRunFlags } from "../container-engine";
import { LATENCY_LIMIT, PackagedPipeline, user } from "./packaged-pipeline";

describeWith(
  () => ({ Engine: ContainerEngine.required(), ...PackagedPipeline.required() }),
  "a packaged image in a container engine",
  ({ Engine }) => {
    let engine: ContainerEngine;
    let pipeline: PackagedPipeline;
    let image: string;
    beforeAll(async () => {
      pipeline = await PackagedPipeline.start();
      image = await pipeline.package();
      engine = await Engine.start();
      engine.docker("login", "--username", user.username, "--password", user.password, pipeline.registry.host);
      engine.docker("pull", "--quiet", image);
    });
    afterAll(async () => {
      await engine.stop();
      await pipeline.stop();
    });

    it("serves as a restricted pod, with no package index in reach, what scikit-learn itself says", async () => {
      await serving(engine, image, async (at, id) => {
        const version = (await (await fetch(`${at}/version`)).json()) as object;
        expect(version).toMatchObject({ model: pipeline.model, pipeline: "risk" });
        expect(await predictions(at, pipeline)).toEqual(pipeline.asked.predictions);
        const metrics = await (await fetch(`${at}/metrics`)).text();
        expect(metrics).toMatch(
          new RegExp(`^slipway_prediction_duration_seconds_bucket\\{le="${LATENCY_LIMIT / 1000}"\\} [01](\\.0)?$`, "m"),
        );
        // The engine's bridge leads nowhere but to this machine.
        const reach = "import socket; socket.create_connection(('198.51.100.1', 443), 3)";
        expect(engine.tryDocker("exec", id, "python3", "-c", reach).output).toMatch(/unreachable|timed out/);
      });
    });

    it("keeps the serving contract, as `slipway serving check` sees it", async () => {
      let stdout = "";
      const exitCode = await commandLine(["serving", "check", image, "--requests", "300", "--json"], {
        directory: pipeline.folder,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...engine.env },
        streams: { stdout: (text) => (stdout += text), stderr: () => undefined },
        now: () => new Date(),
      });
      const { checks } = JSON.parse(stdout) as { checks: { result: string; check: string }[] };
      expect(checks.filter(({ result }) => result === "broken")).toEqual([]);
      expect(checks.filter(({ result }) => result === "held").length).toBeGreaterThan(20);
      expect(exitCode).toBe(0);
    });

    it("does not serve a model of which one byte was changed by a mount", () => {
      const file = join(engine.files, "model.pkl");
      const original = join(pipeline.folder, ".slipway-run/current/model/model.pkl");
      const bytes = readFileSync(original);
      bytes[bytes.length - 2]! ^= 1;
      writeFileSync(file, bytes);
      const mount = ["--volume", `${file}:/opt/slipway/model/model.pkl:ro`];
      refusesToServe(engine.tryDocker("run", "--rm", ...restrictedRunFlags, ...mount, image), pipeline.model);
    });

    it("does not serve a model that a layer on top of it changed", () => {
      const context = join(engine.files, "changed");
      const dockerfile = `FROM ${image}\nUSER 0\nRUN echo >> /opt/slipway/model/MLmodel\nUSER 65532:65532\n`;
      engine.docker(
        "run",
        "--rm",
        "--user",
        "0",
        "--volume",
        `${engine.files}:/files`,
        "--entrypoint",
        "mkdir",
        image,
        "/files/changed",
      );
      writeFileSync(join(context, "Dockerfile"), dockerfile);
      engine.docker("build", "--quiet", "--tag", "changed:test", context);
      refusesToServe(engine.tryDocker("run", "--rm", ...restrictedRunFlags, "changed:test"), pipeline.model);
    });

    it("is put upon what a Dockerfile builds, and serves", async () => {
      const { base } = pipeline.packaging;
      if (base.kind !== "image") throw new Error("the packaging of this test names a base");
      // What the environment of the model needs is in the image already that was packaged before.
      pipeline.write("Dockerfile", `FROM ${image}\nUSER 0\nCOPY note /etc/note\nENTRYPOINT []\n`);
      pipeline.write("note", "of the Dockerfile");
      pipeline.describe({ base: { kind: "dockerfile", file: "Dockerfile", context: "." } });
      const built = await pipeline.package(engine.env);
      engine.docker("pull", "--quiet", built);
      expect(built).not.toBe(image);
      await serving(engine, built, async (at, id) => {
        expect(engine.docker("exec", id, "cat", "/etc/note")).toBe("of the Dockerfile");
        expect(await predictions(at, pipeline)).toEqual(pipeline.asked.predictions);
      });
    });
  },
);

/** Runs the image as a restricted pod and lets the work talk to it once it is ready. */
async function serving(
  engine: ContainerEngine,
  image: string,
  work: (at: string, id: string) => Promise<void>,
): Promise<void> {
  const id = engine.docker("run", "--detach", "--publish", "127.0.0.1::8080", ...restrictedRunFlags, image);
  try {
    const at = `http://${engine.docker("port", id, "8080/tcp").split("\n")[0]!}`;
    for (;;) {
      const ready = await fetch(`${at}/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) break;
      if (engine.docker("inspect", "--format", "{{.State.Running}}", id) !== "true")
        throw new Error(`the container ended:\n${engine.docker("logs", id)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await work(at, id);
  } finally {
    engine.docker("rm", "--force", id);
  }
}

async function predictions(at: string, { asked }: PackagedPipeline): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${at}/invocations`, { method: "POST", headers, body: asked.request });
  return ((await answer.json()) as { readonly predictions: unknown }).predictions;
}

/** Exit code 3, and one line that says why. */
function refusesToServe(ended: { readonly status: number; readonly output: string }, model: string): void {
  expect(ended.status).toBe(3);
  const lines = ended.output.trim().split("\n");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(model);
}
