import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { TrustedSigner } from "../../lib/blueprint/identity";
import { ExitCode } from "../../lib/runtime/exit-codes";
import { createSigningKeyPair } from "../../lib/runtime/keys/signing-key-pair";
import { verifiedRecords } from "../../lib/runtime/records/open-record";
import { readRecords } from "../../lib/runtime/records/promotion-records";
import { DirectoryStore } from "../../lib/runtime/store/directory-store";
import type { ServiceLevel } from "../../lib/verdict/evidence/service-level";
import { judgeServing, servingLimit } from "../../lib/verdict/latency/judge-latency";
import type { ModelInterface } from "../../lib/verdict/signature/compatibility";
import type { Called } from "../runtime/a-model-repository";
import { figuresOf, type Measured, PackagedPipeline, PROMISED } from "../runtime/promotion/a-packaged-model";
import { MlflowServer } from "./mlflow-server";

/** What promotion asks of a packaged model besides its evidence: an interface that clients know, its own image, its latency. */

let server: MlflowServer;
let pipeline: PackagedPipeline;
let pipelines = 0;

beforeAll(async () => {
  server = await MlflowServer.start();
});

afterAll(async () => {
  await server.stop();
});

beforeEach(() => {
  pipeline = new PackagedPipeline(`required-${++pipelines}`, server.uri);
});

afterEach(() => {
  pipeline.repository.remove();
});

/** A model that passed its gate, in its image, registered. @returns digests of both */
async function ready(model: string, production: string, its?: ModelInterface) {
  const measures = its === undefined ? {} : { measures: { interface: its } };
  const digest = await pipeline.gate(model, production, measures);
  const image = await pipeline.packaged(digest);
  expect((await pipeline.register()).exitCode).toBe(ExitCode.passed);
  return { digest, image };
}

function checkOf({ document, exitCode }: Called): string | undefined {
  expect(exitCode).toBe(ExitCode.refused);
  return document.error?.check;
}

async function records(environment: string) {
  const signers = JSON.parse(pipeline.env.SLIPWAY_SIGNERS!) as TrustedSigner[];
  return await readRecords(new DirectoryStore(pipeline.store), pipeline.name, environment, verifiedRecords(signers));
}

const score = { name: "score", type: "double", required: true };
const takesAge: ModelInterface = {
  version: 1,
  signature: { inputs: [{ name: "age", type: "long", required: true }], outputs: [score] },
  decisionThreshold: null,
};
const takesIncomeToo: ModelInterface = {
  ...takesAge,
  signature: {
    inputs: [...takesAge.signature!.inputs, { name: "income", type: "double", required: true }],
    outputs: [score],
  },
};

describe("the interface that clients were written for", () => {
  test("may not change under them, and changes with a higher version", async () => {
    await ready("first", "none", takesAge);
    await pipeline.promote("staging");
    await ready("second", "none", takesIncomeToo);
    const refused = await pipeline.promote("staging");
    expect(checkOf(refused)).toBe("interface-incompatible");
    expect(refused.document.error?.message).toContain('it asks for the new input "income"');
    expect(await records("staging")).toHaveLength(1);

    await ready("second", "none", { ...takesIncomeToo, version: 2 });
    expect((await pipeline.promote("staging")).exitCode).toBe(ExitCode.passed);
    expect((await records("staging")).at(-1)!.promotion.interface.version).toBe(2);
  });

  test("stays where it is when a model only becomes less demanding", async () => {
    await ready("first", "none", takesIncomeToo);
    await pipeline.promote("staging");
    await ready("second", "none", takesAge);
    expect((await pipeline.promote("staging")).exitCode).toBe(ExitCode.passed);
  });

  test("does not go back to an earlier version", async () => {
    await ready("first", "none", { ...takesAge, version: 2 });
    await pipeline.promote("staging");
    await ready("second", "none", takesAge);
    expect(checkOf(await pipeline.promote("staging"))).toBe("interface-version-behind");
  });
});

describe("the image", () => {
  test("is recorded by its digest, and another build of it is another promotion", async () => {
    const { digest, image } = await ready("first", "none");
    expect((await pipeline.promote("staging")).document).toMatchObject({ image, already: false });
    expect((await records("staging")).map(({ promotion }) => promotion.image)).toEqual([image]);
    expect((await pipeline.promote("staging")).document).toMatchObject({ image, already: true });

    const rebuilt = await pipeline.packaged(digest, { build: "second" });
    expect((await pipeline.promote("staging")).document).toMatchObject({ image: rebuilt, already: false });
    expect((await records("staging")).map(({ promotion }) => promotion.image)).toEqual([image, rebuilt]);
  });

  test("of another model is refused", async () => {
    await ready("first", "none");
    await pipeline.packaged(`sha256:${"7".repeat(64)}`);
    expect(checkOf(await pipeline.promote("staging"))).toBe("image-of-other-model");
    expect(await records("staging")).toEqual([]);
  });

  test("that a stranger signed is refused", async () => {
    const { digest } = await ready("first", "none");
    await pipeline.packaged(digest, { key: createSigningKeyPair() });
    expect(checkOf(await pipeline.promote("staging"))).toBe("signer-not-accepted");
    expect(await records("staging")).toEqual([]);
  });
});

describe("the latency verdict that production asks for", () => {
  let model: string;
  beforeEach(async () => {
    model = (await ready("first", "none")).digest;
    expect((await pipeline.promote("staging")).exitCode).toBe(ExitCode.passed);
  });

  async function refusal(measured?: Measured): Promise<Called> {
    if (measured !== undefined) await pipeline.measured(model, measured);
    const called = await pipeline.promote("production");
    expect(existsSync(join(pipeline.store, "records", pipeline.name, "production"))).toBe(false);
    return called;
  }

  test("lets in a model whose latency was kept in staging", async () => {
    await pipeline.measured(model);
    expect((await pipeline.promote("production")).exitCode).toBe(ExitCode.passed);
    expect((await records("production")).map((record) => record.model)).toEqual([model]);
  });

  test("is missed where nothing was measured", async () => {
    expect(checkOf(await refusal())).toBe("latency-verdict-missing");
  });

  test("of another model does not help", async () => {
    await pipeline.measured(`sha256:${"7".repeat(64)}`);
    expect(checkOf(await refusal())).toBe("latency-verdict-missing");
  });

  test.each<[string, () => Measured, RegExp]>([
    [
      "failed",
      () => ({ millis: (request) => 120 + (request % 41) }),
      /its verdict is failed: latency at quantile 0\.95/,
    ],
    ["is undecided", () => ({ millis: (request) => (request % 20 === 0 ? 110 : 60) }), /its verdict is undecided/],
    ["counts failed requests", () => ({ millis: (request) => (request % 10 === 0 ? Infinity : 20) }), /is failed/],
    ["is too old", () => ({ level: { measuredAt: "2026-02-20T12:00:00.000Z" } }), /hours old, the policy allows 72/],
    ["is from the future", () => ({ level: { measuredAt: "2026-03-02T12:00:00.000Z" } }), /in the future/],
    ["is of another policy", () => ({ level: { servingPolicy: `sha256:${"8".repeat(64)}` } }), /is not accepted here/],
    ["is about another model", () => ({ about: `sha256:${"7".repeat(64)}` }), /it is about sha256:777/],
    ["is of another pipeline", () => ({ level: { pipeline: "other" } }), /it was made by other/],
    ["was measured elsewhere", () => ({ level: { environment: "production" } }), /it was measured in production/],
    [
      "calls failed figures passed",
      () => ({
        millis: (request) => 120 + (request % 41),
        level: {
          verdict: judgeServing(
            figuresOf(() => 20),
            servingLimit(PROMISED, { smoke: false }),
          ),
        },
      }),
      /it says passed, its figures say failed/,
    ],
  ])("is refused when it %s", async (_, measured, says) => {
    const called = await refusal(measured());
    expect(checkOf(called)).toBe("latency-verdict-not-acceptable");
    expect(called.document.error?.message).toMatch(says);
  });

  test("is refused when a stranger signed it", async () => {
    expect(checkOf(await refusal({ key: createSigningKeyPair() }))).toBe("signer-not-accepted");
  });

  test("is the latest: a good one does not outlive a bad one, nor the other way round", async () => {
    const at = (minute: number): Partial<ServiceLevel> => ({ measuredAt: `2026-03-01T11:${minute}:00.000Z` });
    await pipeline.measured(model, { level: at(10) });
    const slow = { millis: (request: number) => 120 + (request % 41), level: at(20) };
    expect(checkOf(await refusal(slow))).toBe("latency-verdict-not-acceptable");
    await pipeline.measured(model, { level: at(30) });
    expect((await pipeline.promote("production")).exitCode).toBe(ExitCode.passed);
    expect(readdirSync(join(pipeline.store, "records", pipeline.name, "production"))).toEqual(["000001.dsse.json"]);
  });

  test("is refused where the environment accepts no serving policy", async () => {
    await pipeline.measured(model);
    const { gate } = JSON.parse(pipeline.env.SLIPWAY_ACCEPTED_POLICIES!) as { gate: string[] };
    const called = await pipeline.promote("production", { SLIPWAY_ACCEPTED_POLICIES: JSON.stringify({ gate }) });
    expect(checkOf(called)).toBe("latency-verdict-not-acceptable");
  });
});
