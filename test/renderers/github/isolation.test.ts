import fc from "fast-check";
import { parse } from "yaml";
import { DataSource, Environment, Packaging, Signing, Stage, Training, Trigger } from "../../../lib/index";
import { definePipeline } from "../../blueprint/pipeline/define-pipeline";
import { lower } from "../../../lib/jobs/lower";
import type { FileJob } from "./actions-model/workflow-file";
import { anyPipeline } from "./soundness/pipelines";
import { renderLines, type RenderedLine } from "./soundness/soundness";

/** What a job of a rendered workflow has, read from nothing but the file. */
interface Has {
  readonly userCode: boolean;
  readonly repository: "everything" | ".slipway" | "nothing";
  readonly secrets: readonly string[];
  readonly variables: readonly string[];
  readonly permissions: readonly string[];
  readonly environment: string | null;
  readonly takes: readonly string[];
  readonly cache: boolean;
}

const KEYS = ["SLIPWAY_HANDOFF_KEY", "SLIPWAY_SIGNING_KEY"];

const everyLine = fc.sample(anyPipeline, { numRuns: 60, seed: 31 }).flatMap(renderLines);

describe("who holds what, read from the rendered workflows", () => {
  test("no job has both user code and a key, labels, a cloud identity or the registry", () => {
    forEveryJob((job, { line, pipeline }) => {
      const has = readHas(job);
      if (!has.userCode) return;
      expect(has.secrets.filter((secret) => KEYS.includes(secret))).toEqual([]);
      expect(has.permissions).toEqual(["contents: read"]);
      expect(has.takes).not.toContain("labels");
      expect(has.takes).not.toContain("data");
      if (job.id !== "train") expect(has.secrets).toEqual([]);
      if (line === "delivery" && has.environment !== null) {
        expect([`${pipeline.name}-training`, `${pipeline.name}-acquire`]).toContain(has.environment);
      }
    });
  });

  test("a job with a key has nothing of the repository but .slipway, no Python and no cache", () => {
    forEveryJob((job) => {
      const has = readHas(job);
      const keyed = has.secrets.some((secret) => KEYS.includes(secret)) || has.permissions.includes("id-token: write");
      if (!keyed) return;
      expect(has).toMatchObject({ userCode: false, repository: ".slipway", cache: false });
      expect(has.environment).not.toBeNull();
      expect(job.steps.some(({ uses }) => uses?.includes("setup-python"))).toBe(false);
    });
  });

  test("a review has no secret, no variable, no environment, and may only read the repository", () => {
    forEveryJob((job, { line }) => {
      if (line !== "review") return;
      const { secrets, variables, environment, permissions } = readHas(job);
      expect({ secrets, variables, environment }).toEqual({ secrets: [], variables: [], environment: null });
      expect(permissions).toEqual(job.id === "verdict" ? [] : ["contents: read"]);
    });
  });

  test("secrets are only ever read in a protected environment", () => {
    forEveryJob((job) => {
      const { secrets, environment } = readHas(job);
      if (secrets.length > 0) expect(environment).not.toBeNull();
    });
  });

  test("only the job that pushes to GitHub's registry has its own token, may push, and keeps no password there", () => {
    forEveryJob((job, { line, pipeline }) => {
      const { repository } = pipeline.packaging ?? { repository: null };
      const pushes = line === "delivery" && job.id === "package" && repository !== null;
      const enters = pushes && repository.startsWith("ghcr.io/");
      const values = Object.assign({}, ...job.steps.map(({ env }) => env)) as Readonly<Record<string, string>>;
      const token = {
        SLIPWAY_REGISTRY_USERNAME: "${{ github.actor }}",
        SLIPWAY_REGISTRY_PASSWORD: "${{ github.token }}",
      };
      if (enters) expect(values).toMatchObject(token);
      else expect(JSON.stringify(values)).not.toContain("github.token");
      expect(job.permissions.packages).toBe(enters ? "write" : undefined);
      const amazon = pushes && repository.includes(".dkr.ecr.");
      if (amazon) expect(job.permissions["id-token"]).toBe("write");
      const asked = Object.values(values).some((value) => value.includes("secrets.SLIPWAY_REGISTRY_"));
      expect(asked).toBe(pushes && !enters && !amazon);
    });
  });

  test("what a job says it holds is what its file gives it", () => {
    for (const { line, workflow, pipeline } of everyLine) {
      for (const { id, holdings, secrets, variables } of lower({ pipeline }, line)) {
        const has = readHas(workflow.jobs.find((job) => job.id === id)!);
        const { userCode, labels, signingKey, registry, cloudIdentity, images } = holdings;
        expect(has.userCode).toBe(userCode);
        expect(has.secrets).toEqual([...secrets].sort());
        expect(has.variables).toEqual([...variables].sort());
        expect(has.permissions.includes("id-token: write")).toBe(cloudIdentity);
        expect(has.secrets.includes("SLIPWAY_HANDOFF_KEY")).toBe(labels);
        if (has.secrets.includes("SLIPWAY_SIGNING_KEY")) expect(signingKey).toBe(true);
        if (has.permissions.includes("packages: write")) expect(images).toBe(true);
        expect(userCode && (labels || signingKey || registry || cloudIdentity || images)).toBe(false);
        if (has.cache) expect(holdings).toMatchObject({ cache: true, userCode: true });
      }
    }
  });

  test("a pipeline with everything, job by job", () => {
    const pipeline = definePipeline("risk", {
      train: Training.command("python train.py"),
      data: DataSource.command("python fetch.py", { output: "claims.parquet" }),
      python: { version: "3.12", manager: "pip", lockFile: "requirements.txt" },
      stages: [Stage.command("robustness", "python robustness.py", { after: ["train"] })],
      triggers: [Trigger.push(), Trigger.newData({ minLabelledRows: 1000 })],
      environments: [Environment.staging(), Environment.production()],
      signing: Signing.ed25519(),
      packaging: Packaging.image({
        base: `python:3.12-slim@sha256:${"5".repeat(64)}`,
        repository: "registry.acme.example/risk",
      }),
    });
    const [, delivery] = renderLines(pipeline);
    const table = delivery!.workflow.jobs.map((job) => {
      const { userCode, repository, secrets, environment, takes, cache } = readHas(job);
      const short = secrets.map((secret) =>
        secret.replace("MLFLOW_TRACKING_", "mlflow ").replace("SLIPWAY_", "").toLowerCase(),
      );
      return [
        job.id,
        userCode ? "user code" : "",
        repository,
        environment ?? "",
        short.join(", "),
        `takes ${takes.join(", ")}`,
        cache ? "cache" : "",
      ].join(" | ");
    });
    const mlflow = "mlflow password, mlflow token, mlflow username";
    expect(table).toEqual([
      "lint | user code | everything |  |  | takes  | cache",
      "test | user code | everything |  |  | takes  | cache",
      "acquire | user code | everything | risk-acquire |  | takes  | ",
      "validate-data |  | .slipway | risk-data | handoff_key | takes data | ",
      "detect |  | .slipway | risk-data | handoff_key | takes data | ",
      "split |  | .slipway | risk-data | handoff_key | takes data | ",
      "baseline |  | .slipway | risk-baseline |  | takes  | ",
      `train | user code | everything | risk-training | ${mlflow} | takes training | cache`,
      "predict | user code | everything |  |  | takes features, model, baseline | cache",
      "gate |  | .slipway | risk-gate | handoff_key, signing_key | takes labels, predictions, model, baseline | ",
      "build |  | everything |  |  | takes  | ",
      "package |  | .slipway | risk-images | registry_password, registry_username, signing_key | takes model, evidence, parts | ",
      "latency | user code | everything |  |  | takes model, features, predictions | cache",
      "robustness | user code | everything |  |  | takes  | cache",
      `register |  | .slipway | risk-registry | ${mlflow} | takes model, evidence, image | `,
      `promote-staging |  | .slipway | risk-staging | ${mlflow}, signing_key | takes evidence, image | `,
      `promote-production |  | .slipway | risk-production | ${mlflow}, signing_key | takes evidence, image | `,
      "verdict |  | nothing |  |  | takes  | ",
    ]);
  });
});

describe("how steps are written", () => {
  test("scripts hold no expression, tokens stay out of the checkout, artifacts go by id", () => {
    forEveryJob((job) => {
      for (const step of job.steps) {
        if (step.run !== null) expect(step.run).not.toContain("${{");
        if (step.uses?.startsWith("actions/checkout@")) expect(step.with["persist-credentials"]).toBe("false");
        if (step.uses?.startsWith("actions/download-artifact@")) {
          expect(Object.keys(step.with).sort()).toEqual(["artifact-ids", "path"]);
        }
      }
    });
  });

  test("actions are pinned by commit, with the version beside it; nothing is permitted to all jobs", () => {
    for (const { text } of everyLine) {
      expect(parse(text)).toMatchObject({ permissions: {} });
      expect(text).not.toContain("pull_request_target");
      for (const line of text.split("\n").filter((each) => each.includes("uses:"))) {
        expect(line).toMatch(/^ +uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    }
  });
});

function forEveryJob(check: (job: FileJob, rendered: RenderedLine) => void): void {
  for (const rendered of everyLine) for (const job of rendered.workflow.jobs) check(job, rendered);
}

function readHas(job: FileJob): Has {
  const values = job.steps.flatMap((step) => [...Object.values(step.env), ...Object.values(step.with)]);
  const named = (context: string): readonly string[] =>
    [
      ...new Set(
        values.flatMap((value) => [...value.matchAll(new RegExp(`\\b${context}\\.(\\w+)`, "g"))].map((m) => m[1]!)),
      ),
    ].sort();
  const checkouts = job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
  const onlySlipway = checkouts.every(
    (step) => step.with["sparse-checkout"] === "/.slipway/" && step.with["sparse-checkout-cone-mode"] === "false",
  );
  return {
    userCode: job.steps.some(runsUserCode),
    repository: checkouts.length === 0 ? "nothing" : onlySlipway ? ".slipway" : "everything",
    secrets: named("secrets"),
    variables: named("vars"),
    permissions: Object.entries(job.permissions).map(([name, access]) => `${name}: ${access}`),
    environment: job.environment,
    takes: job.steps.flatMap(({ run }) => /^slipway handoff unpack (\w+) /.exec(run ?? "")?.slice(1) ?? []),
    cache: job.steps.some((step) => "cache" in step.with || step.uses?.startsWith("actions/cache@") === true),
  };
}

/**
 * A step runs user code unless it is an action or one of Slipway's own scripts; of those, installing the repository's environment
 * counts, since whoever writes the lock decides what is installed.
 */
function runsUserCode({ name, run }: FileJob["steps"][number]): boolean {
  if (run === null || name === "Install Slipway" || name === "Every job must have succeeded") return false;
  const words = run.replaceAll(/"([a-z]+=)?\$([A-Z]+_)?DIGEST"/g, "");
  // `build` runs what a Dockerfile says; without one it only copies.
  if (name === "Build the base image") return true;
  return !/^slipway (?!train |predict |latency )[^;&|`$()]+$/.test(words);
}
