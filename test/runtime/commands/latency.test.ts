import { readFileSync } from "node:fs";
import type { LatencyFigures } from "../../../lib/verdict/latency/latency-figures";
import { fullParts } from "../../blueprint/manifest/a-release-manifest";
import { type Called, ModelRepository } from "../a-model-repository";
import { DelayingServer } from "../latency/delaying-server";

/** Limits far from the server's 1.2 s, on either side: a busy machine changes no verdict. */
const latency = {
  quantile: 0.9,
  atMostMillis: 600,
  smokeAtMostMillis: 20_000,
  atRequestsPerSecond: 40,
  atRowsPerRequest: 1,
};

let server: DelayingServer;
let repository: ModelRepository;
let payloads: string;
beforeAll(async () => {
  server = await DelayingServer.start({ kind: "constant", millis: 1_200 });
  repository = new ModelRepository({}, { policy: { ...fullParts.policy, serving: { errorRate: 0.1, latency } } });
  payloads = repository.write("payloads.jsonl", '{"inputs":[[1]]}\n\n{"inputs":[[2]]}\n');
});
afterAll(async () => {
  repository.remove();
  await server.stop();
});

const quickly = ["--seconds", "3", "--warm-up", "0"];

async function slipway(args: readonly string[], to = server.url): Promise<Called> {
  return repository.slipway(["latency", "--url", to.href, "--payloads", payloads, ...args], {
    GITHUB_STEP_SUMMARY: repository.write("summary.md", ""),
  });
}

const summary = (): string => readFileSync(`${repository.folder}/summary.md`, "utf8");
const problemsOf = ({ document }: Called): unknown =>
  (document.error as { problems?: readonly { path: string }[] } | undefined)?.problems?.map(({ path }) => path);

test("the policy's limit is broken: refused, with the figures and the machine", async () => {
  const { exitCode, document } = await slipway(quickly);
  expect(exitCode).toBe(3);
  expect(document).toMatchObject({
    outcome: "refused",
    figures: { requests: 120, failed: 0, rateAsked: 40 },
    verdict: {
      findings: [
        { threshold: "serving.latency", limit: 600, outcome: "failed" },
        { threshold: "serving.errorRate", limit: 0.1, outcome: "passed" },
      ],
    },
    hardware: { node: process.version },
  });
  expect(summary()).toContain("| latency at quantile 0.9 at most 600 ms |");
  expect(summary()).toContain("Measured on");
});

test("as a smoke test the same is judged by the wider limit", async () => {
  const { exitCode, document } = await slipway([...quickly, "--smoke"]);
  expect(exitCode).toBe(0);
  expect(document).toMatchObject({ outcome: "passed", smoke: true, limit: { latency: { atMostMillis: 20_000 } } });
  expect(summary()).toContain("smoke test");
});

test("too few requests for the quantile decide nothing", async () => {
  const { exitCode, document } = await slipway([...quickly, "--quantile", "0.999", "--limit", "30000"]);
  expect(exitCode).toBe(4);
  expect(document).toMatchObject({ outcome: "undecided", verdict: { findings: [{ interval: { upper: null } }, {}] } });
});

test("with a rate no manifest is read, and without a limit nothing is judged", async () => {
  const { exitCode, document } = await slipway([...quickly, "--rate", "20"]);
  expect(exitCode).toBe(0);
  expect(document).toMatchObject({ figures: { requests: 60 }, verdict: { findings: [] } });
  const median = (document.figures as LatencyFigures).quantiles[0]!.millis!;
  expect(median).toBeGreaterThan(1_190);
});

test("a server that is not there is a broken environment", async () => {
  expect((await slipway(quickly, new URL("http://127.0.0.1:1/"))).exitCode).toBe(5);
});

test("wrong options are told all at once", async () => {
  const wrong = ["--rate", "0", "--quantile", "95", "--limit", "-1", "--error-rate", "1", "--arrivals", "random"];
  const called = await slipway(wrong);
  expect(called.exitCode).toBe(2);
  expect(problemsOf(called)).toEqual(["--quantile", "--limit", "--error-rate", "--rate", "--arrivals"]);
  expect(
    problemsOf(await slipway(["--rate", "5", "--seconds", "0", "--connections", "1.5", "--warm-up", "-1"])),
  ).toEqual(["--seconds", "--warm-up", "--connections"]);
  expect(problemsOf(await slipway(["--rate", "5", "--smoke", "--quantile", "0.5"]))).toEqual(["--smoke", "--limit"]);
});

test("lines that are no JSON are named by their number and not repeated", async () => {
  const file = repository.write("broken.jsonl", '{"inputs":[[1]]}\nname: Ada Lovelace\n');
  const called = await repository.slipway(["latency", "--url", server.url.href, "--payloads", file, "--rate", "5"]);
  expect(called.exitCode).toBe(2);
  expect(problemsOf(called)).toEqual(["payloads:2"]);
  expect(called.stderr).not.toContain("Lovelace");
});
