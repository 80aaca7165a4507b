import { spawn } from "node:child_process";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { describeWith } from "../../tools";
import { freePort } from "../server-process";
import { baseSystem, ContainerEngine, engineRemains, restrictedRunFlags } from ".";

const nothing = { processes: [], mounts: [], controlGroups: [], interfaces: [] };

describeWith(
  () => ({ Engine: ContainerEngine.required(), base: baseSystem() }),
  "container engine",
  ({ Engine, base }) => {
    let engine: ContainerEngine;
    beforeAll(async () => {
      engine = await Engine.start();
      engine.load(`oci:${base.layout}:base`, "base:test");
    });
    afterAll(() => engine.stop());

    const say = (...script: string[]): string[] => ["base:test", "python3", "-c", script.join("\n")];

    it("runs a container as restricted as a hardened deployment does", () => {
      const said = engine.docker(
        ...["run", "--rm", "--network", "host", ...restrictedRunFlags],
        ...say(
          "import json, os",
          "status = dict(line.split(':', 1) for line in open('/proc/self/status'))",
          "writable = os.access('/', os.W_OK) or os.access('/tmp', os.W_OK)",
          "print(json.dumps([os.getuid(), os.getgid(), status['CapBnd'].strip(), status['NoNewPrivs'].strip(), writable]))",
        ),
      );
      expect(JSON.parse(said)).toEqual([65532, 65532, "0000000000000000", "1", false]);
    });

    it("says what a container said that failed", () => {
      const result = engine.tryDocker("run", "--rm", ...say("raise SystemExit('no model')"));
      expect(result).toMatchObject({ status: 1, output: expect.stringContaining("no model") as string });
    });

    it("publishes a port on the loopback interface, and no further", async () => {
      const port = String(await freePort());
      const serve = ["base:test", "python3", "-m", "http.server", "8080", "--directory", "/etc"];
      engine.docker("run", "--detach", "--name", "web", "--publish", `127.0.0.1:${port}:8080`, ...serve);
      expect(engine.docker("port", "web")).toBe(`8080/tcp -> 127.0.0.1:${port}`);
      expect(await eventually(`http://127.0.0.1:${port}/os-release`)).toContain("bookworm");
      engine.docker("rm", "--force", "web");
    });

    it("builds an image on a base image without a network", () => {
      const context = join(engine.files, "context");
      engine.docker(
        "run",
        "--rm",
        "--volume",
        `${engine.files}:/files`,
        ...say(
          "import os",
          "os.makedirs('/files/context')",
          "open('/files/context/Dockerfile', 'w').write('FROM base:test\\nCOPY model /model\\nCMD [\"cat\", \"/model\"]\\n')",
          "open('/files/context/model', 'w').write('weights')",
        ),
      );
      engine.docker("build", "--quiet", "--tag", "model:test", context);
      expect(engine.docker("run", "--rm", "--network", "none", ...restrictedRunFlags, "model:test")).toBe("weights");
    });
  },
);

describeWith(
  () => ({ Engine: ContainerEngine.required(), base: baseSystem() }),
  "container engine, ended",
  ({ Engine, base }) => {
    const idle = ["run", "--detach", "--restart", "always", "base:test", "sleep", "infinity"];

    it("leaves no process, mount, control group, interface or file when it is stopped", async () => {
      const engine = await Engine.start();
      engine.load(`oci:${base.layout}:base`, "base:test");
      engine.docker(...idle);
      const running = engineRemains(engine.folder);
      // Each kind is seen while it is there: else "nothing" would say nothing.
      expect(Object.values(running).map((kind: readonly unknown[]) => kind.length > 0)).toEqual([
        true,
        true,
        true,
        true,
      ]);
      await engine.stop();
      expect(engineRemains(engine.folder)).toEqual(nothing);
      expect(existsSync(engine.folder)).toBe(false);
    });

    it("is removed by the next one when its test run was killed", async () => {
      const script = `
        const { baseSystem, ContainerEngine } = require(${JSON.stringify(join(__dirname, "index.ts"))});
        void ContainerEngine.start().then((engine) => {
          engine.load("oci:" + baseSystem().layout + ":base", "base:test");
          engine.docker(...${JSON.stringify(idle)});
          console.log(engine.folder);
          setInterval(() => {}, 1000);
        });`;
      const child = spawn(process.execPath, ["--import", "tsx", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const folder = await new Promise<string>((resolve) => {
        child.stdout.once("data", (chunk: Buffer) => {
          resolve(chunk.toString().trim());
        });
      });
      expect(engineRemains(folder).processes.length).toBeGreaterThan(0);
      await new Promise((resolve) => {
        child.once("exit", resolve);
        child.kill("SIGKILL");
      });
      const next = await Engine.start();
      await next.stop();
      expect(engineRemains(folder)).toEqual(nothing);
    });
  },
);

async function eventually(url: string): Promise<string> {
  for (;;) {
    try {
      return await (await fetch(url, { signal: AbortSignal.timeout(2_000) })).text();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
