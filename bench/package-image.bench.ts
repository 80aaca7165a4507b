/**
 * How long the same model takes into the same registry by `slipway package` and by a Dockerfile: the same base, lock, package index and
 * server, the same compressed layers pushed. The programs take turns, so that a busy machine slows both alike.
 *
 *   npx tsx bench/package-image.bench.ts [rounds]
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { ContainerEngine } from "../test/live/container-engine";
import { PackagedPipeline, user } from "../test/live/image/packaged-pipeline";
import { pythonForEnvironments } from "../test/tools";

const CASES = ["cold: nothing kept", "another model", "the same again"] as const;

interface Taken {
  readonly seconds: number;
  readonly megabytes: number;
}

async function main(rounds: number): Promise<void> {
  const pipeline = await PackagedPipeline.start();
  const engine = await ContainerEngine.start();
  const scratch = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  try {
    const { host } = pipeline.registry;
    engine.docker("login", "--username", user.username, "--password", user.password, host);
    await pipeline.package();
    layContext(engine, pipeline, join(scratch, "context"));
    const taken = { slipway: [] as Taken[][], dockerfile: [] as Taken[][] };
    for (let round = 0; round < rounds; round += 1) {
      const cache = mkdtempSync(join(scratch, "cache-"));
      const perCase = { slipway: [] as Taken[], dockerfile: [] as Taken[] };
      for (const [index] of CASES.entries()) {
        if (index < 2) await pipeline.changeModel(`${round} ${index}`);
        cpSync(join(pipeline.folder, ".slipway-run/current/model"), join(scratch, "context/model"), {
          recursive: true,
        });
        perCase.slipway.push(await timed(pipeline, () => pipeline.package({ XDG_CACHE_HOME: cache })));
        perCase.dockerfile.push(
          await timed(pipeline, () => buildAndPush(engine, `${host}/peer/risk`, join(scratch, "context"), index === 0)),
        );
      }
      taken.slipway.push(perCase.slipway);
      taken.dockerfile.push(perCase.dockerfile);
    }
    const table = report(taken, rounds);
    console.log(table);
    writeFileSync(join(__dirname, "results", "package-image.md"), table);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    await engine.stop();
    await pipeline.stop();
  }
}

/** Lays what the Dockerfile copies, and makes the base with pip that it starts from: both before the clock runs. */
function layContext(engine: ContainerEngine, pipeline: PackagedPipeline, context: string): void {
  const { base } = pipeline.packaging;
  if (base.kind !== "image") throw new Error("the bench packages upon an image");
  const withPip = `${context}-pip`;
  mkdirSync(withPip, { recursive: true });
  const bundled =
    "import ensurepip, glob, os; print(glob.glob(os.path.join(os.path.dirname(ensurepip.__file__), '_bundled/pip-*.whl'))[0])";
  const wheel = execFileSync(pythonForEnvironments(), ["-c", bundled], { encoding: "utf8" }).trim();
  cpSync(wheel, join(withPip, "pip.whl"));
  // The machine's authorities, for an index that is reached through a proxy.
  cpSync("/etc/ssl/certs/ca-certificates.crt", join(withPip, "authorities.crt"));
  writeFileSync(
    join(withPip, "Dockerfile"),
    `FROM ${base.reference}\nCOPY pip.whl authorities.crt /opt/pip/\nENV PIP_CERT=/opt/pip/authorities.crt\n`,
  );
  engine.docker("build", "--quiet", "--tag", "with-pip:bench", withPip);
  mkdirSync(context);
  const install =
    "python3 /opt/pip/pip.whl/pip install --no-cache-dir --no-compile --require-hashes --no-deps --only-binary :all:";
  cpSync(join(pipeline.folder, "requirements.txt"), join(context, "requirements.txt"));
  cpSync(join("lib", "runtime", "serving", "python"), join(context, "server"), { recursive: true });
  cpSync(join("lib", "runtime", "packaging", "serving.lock.txt"), join(context, "server.txt"));
  writeFileSync(
    join(context, "Dockerfile"),
    [
      "FROM with-pip:bench",
      "COPY requirements.txt server.txt /",
      `RUN ${install} --quiet --target /opt/slipway/environment -r /requirements.txt`,
      `RUN ${install} --quiet --target /opt/slipway/server -r /server.txt`,
      "COPY server /opt/slipway/server",
      "COPY model /opt/slipway/model",
      "ENV PYTHONPATH=/opt/slipway/environment:/opt/slipway/server SLIPWAY_MODEL_DIR=/opt/slipway/model",
      'ENTRYPOINT ["python3", "-m", "slipway_serving"]',
      "USER 65532:65532",
      "",
    ].join("\n"),
  );
}

/** With the machine's network, which the engine's containers do not have: pip asks the index that Slipway asks. */
function buildAndPush(engine: ContainerEngine, name: string, context: string, cold: boolean): Promise<string> {
  if (cold) engine.tryDocker("rmi", "--force", `${name}:bench`);
  const how = ["--quiet", "--network", "host", ...(cold ? ["--no-cache"] : [])];
  engine.docker("build", ...how, "--tag", `${name}:bench`, context);
  engine.docker("push", "--quiet", `${name}:bench`);
  return Promise.resolve(`${name}:bench`);
}

async function timed(pipeline: PackagedPipeline, work: () => Promise<string>): Promise<Taken> {
  const began = process.hrtime.bigint();
  const reference = await work();
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const flags = ["inspect", "--raw", ...pipeline.registry.skopeoFlags("")];
  const raw = execFileSync("skopeo", [...flags, `docker://${reference}`], { encoding: "utf8" });
  const { layers } = JSON.parse(raw) as { readonly layers: readonly { readonly size: number }[] };
  return { seconds, megabytes: layers.reduce((sum, { size }) => sum + size, 0) / 1e6 };
}

function report(taken: Readonly<Record<"slipway" | "dockerfile", Taken[][]>>, rounds: number): string {
  const median = (rows: Taken[][], index: number, figure: keyof Taken): number =>
    rows.map((row) => row[index]![figure]).sort((a, b) => a - b)[Math.floor(rows.length / 2)]!;
  const rows = CASES.map((title, index) => {
    const [ours, theirs] = [taken.slipway, taken.dockerfile].map((each) => median(each, index, "seconds")) as [
      number,
      number,
    ];
    const sizes = [taken.slipway, taken.dockerfile].map((each) => median(each, index, "megabytes").toFixed(0));
    return `| ${title} | ${ours.toFixed(1)} | ${theirs.toFixed(1)} | ${(ours / theirs).toFixed(2)} | ${sizes[0]!} | ${sizes[1]!} |`;
  });
  return [
    "# A model into an image",
    "",
    `\`npx tsx bench/package-image.bench.ts ${rounds}\`, ${new Date().toISOString().slice(0, 10)}: ${rounds === 1 ? "one round, so that nothing is known of how it varies" : `median of ${rounds} rounds in turns`}, ${cpus().length} cores (${cpus()[0]!.model.trim()}), Node.js ${process.version}, load of the last minutes ${execFileSync("cut", ["-d ", "-f1-3", "/proc/loadavg"], { encoding: "utf8" }).trim()}.`,
    "",
    "| | `slipway build` and `package`, s | Dockerfile: `docker build` and `push`, s | ratio | MB pushed | MB pushed by docker |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
    "",
    "The same base, lock (mlflow-skinny, scikit-learn, pandas, pyarrow), package index, server and registry, on this machine. Cold:",
    "no wheel, environment or layer kept, and Slipway installs uv first; the base's pip is there before docker's clock runs. pip runs with",
    "`--require-hashes --no-compile`, in the machine's network. Slipway also signs and attaches a bill of materials; docker does neither.",
    "Each time, Slipway holds every file of a kept environment and every byte of a kept layer against their digests; docker trusts its cache.",
    "",
  ].join("\n");
}

void main(Number(process.argv[2] ?? 3));
