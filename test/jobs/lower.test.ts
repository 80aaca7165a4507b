import fc from "fast-check";
import { DataSource, Environment, Stage, Training, Trigger } from "../../lib/index";
import { definePipeline } from "../blueprint/pipeline/define-pipeline";
import type { PipelineProps } from "../../lib/blueprint/pipeline/pipeline-props";
import type { Job } from "../../lib/jobs/job";
import { environmentsOf } from "../../lib/jobs/job-environments";
import { lower } from "../../lib/jobs/lower";
import { anyPipeline } from "../renderers/github/soundness/pipelines";

const props: PipelineProps = {
  train: Training.command("python train.py"),
  data: DataSource.file("claims.parquet", { sample: "sample.parquet" }),
  python: { version: "3.12", manager: "pip", lockFile: "requirements.txt" },
};

const edges = (jobs: readonly Job[]): readonly string[] =>
  jobs.map(({ id, needs, onlyIf }) => `${id} <- ${needs.join(", ")}${onlyIf === null ? "" : " if due"}`);

describe("lowering a pipeline to jobs", () => {
  test("the review line of a pipeline with a sample", () => {
    expect(edges(lower({ pipeline: definePipeline("risk", props) }, "review"))).toEqual([
      "lint <- ",
      "test <- ",
      "acquire <- ",
      "validate-data <- acquire",
      "split <- validate-data, acquire",
      "train <- split, lint, test",
      "predict <- train, split",
      "gate <- predict, split, train, acquire",
    ]);
  });

  test("without a sample a review trains nothing", () => {
    const pipeline = definePipeline("risk", { ...props, data: DataSource.file("claims.parquet") });
    expect(edges(lower({ pipeline }, "review"))).toEqual(["lint <- ", "test <- "]);
  });

  test("the delivery line with everything", () => {
    const pipeline = definePipeline("risk", {
      ...props,
      triggers: [Trigger.push(), Trigger.drift()],
      stages: [Stage.command("robustness", "python robustness.py", { after: ["train"] })],
      environments: [Environment.staging({ service: "risk" }), Environment.production()],
    });
    const jobs = lower({ pipeline }, "delivery");
    expect(edges(jobs)).toEqual([
      "lint <- ",
      "test <- ",
      "acquire <- ",
      "validate-data <- acquire",
      "detect <- validate-data, acquire",
      "split <- detect, acquire if due",
      "baseline <- detect if due",
      "train <- split, lint, test",
      "predict <- train, baseline, split",
      "gate <- predict, split, train, baseline, acquire",
      "robustness <- train",
      "register <- gate, robustness, train",
      "promote-staging <- register, gate",
      "release-staging <- promote-staging, gate",
      "verify-staging <- release-staging, gate, split",
      "promote-production <- verify-staging, gate",
    ]);
    expect(jobs.filter(({ approval }) => approval).map(({ id }) => id)).toEqual(["promote-production"]);
    expect(environmentsOf(jobs)).toEqual([
      ...["acquire", "data", "baseline", "training", "gate", "registry"],
      ...["staging", "production"],
    ]);
  });

  test("a custom stage sees the repository and nothing else", () => {
    const pipeline = definePipeline("risk", {
      ...props,
      root: "models/risk",
      stages: [Stage.command("robustness", "python robustness.py")],
    });
    const job = lower({ pipeline }, "delivery").find(({ id }) => id === "robustness")!;
    expect(job).toMatchObject({ takes: [], cites: [], gives: [], secrets: [], variables: [], environment: null });
    expect(job.steps.at(-1)).toEqual({
      kind: "shell",
      title: "robustness",
      run: "python robustness.py",
      directory: "models/risk",
    });
  });

  test("jobs come after everything they need, and need whoever hands them something", () => {
    fc.assert(
      fc.property(anyPipeline, fc.constantFrom("review" as const, "delivery" as const), (pipeline, line) => {
        const jobs = lower({ pipeline }, line);
        jobs.forEach((job, index) => {
          const earlier = jobs.slice(0, index);
          for (const need of job.needs) expect(earlier.map(({ id }) => id)).toContain(need);
          for (const { name, from } of [...job.takes, ...job.cites]) {
            expect(job.needs).toContain(from);
            expect(earlier.find(({ id }) => id === from)?.gives).toContain(name);
          }
        });
      }),
      { numRuns: 200 },
    );
  });
});
