import {
  DataSource,
  Environment,
  HeldOut,
  InvalidInputError,
  Registry,
  Stage,
  Store,
  Training,
  Trigger,
} from "../../../lib/index";
import { definePipeline } from "./define-pipeline";
import type { PipelineProps } from "../../../lib/blueprint/pipeline/pipeline-props";

const props: PipelineProps = {
  train: Training.command("python train.py"),
  data: DataSource.file("claims.parquet"),
  python: { version: "3.12", manager: "uv", lockFile: "uv.lock" },
};

/** Every problem that a program shows, one line each, without the bullet. */
function problemsOf(name: string, changes: Partial<PipelineProps>): readonly string[] {
  try {
    definePipeline(name, { ...props, ...changes });
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.replace("  - ", ""));
  }
  return [];
}

describe("defining a pipeline", () => {
  test("resolves every default", () => {
    expect(definePipeline("risk", props)).toEqual({
      name: "risk",
      root: ".",
      python: props.python,
      commands: { lint: "ruff check .", test: "pytest", train: "python train.py", predict: null },
      data: { kind: "file", path: "claims.parquet", sample: null },
      heldOut: { fraction: 0.2, from: null, seed: 1 },
      customStages: [],
      triggers: [{ kind: "push" }, { kind: "manual" }, { kind: "pullRequest" }, { kind: "mergeGroup" }],
      environments: [],
      registry: { kind: "mlflow", model: "risk", experiment: "risk" },
      store: { kind: "directory", path: ".slipway-store" },
      signing: { kind: "keyless" },
      packaging: null,
      interfaceVersion: 1,
      timeoutMinutes: {},
    });
  });

  test("is plain JSON", () => {
    const pipeline = definePipeline("risk", props);
    expect(JSON.parse(JSON.stringify(pipeline))).toEqual(pipeline);
  });

  test("production asks for an approval, staging does not, and both can be told otherwise", () => {
    const approvals = (...environments: Environment[]): readonly boolean[] =>
      definePipeline("risk", { ...props, environments }).environments.map(({ approval }) => approval);
    expect(approvals(Environment.staging(), Environment.production())).toEqual([false, true]);
    expect(approvals(Environment.staging({ approval: true }), Environment.production({ approval: false }))).toEqual([
      true,
      false,
    ]);
    expect(approvals(Environment.staging({ reviewers: [{ kind: "team", name: "owners" }] }))).toEqual([true]);
  });

  test("names everything that is wrong at once", () => {
    expect(
      problemsOf("Risk model", {
        train: Training.command(" "),
        root: "../elsewhere",
        data: DataSource.url("http://example.org/a.csv", { sha256: "abc", format: "csv" }),
        heldOut: HeldOut.fraction(1),
        lint: "ruff\u0000",
        triggers: [Trigger.cron("61 3 * *"), Trigger.newData({ minLabelledRows: 0 })],
        environments: [Environment.production(), Environment.named("gate"), Environment.named("gate")],
        registry: false,
        store: Store.s3({ bucket: "", region: "" }),
        timeoutMinutes: { train: 0.5 },
      }).map((line) => line.slice(0, line.indexOf(":"))),
    ).toEqual([
      "name",
      "root",
      "train",
      "lint",
      "data.url",
      "data.sha256",
      "heldOut.fraction",
      "store.bucket",
      "store.region",
      "timeoutMinutes.train",
      "triggers[0].cron",
      "triggers[1].minLabelledRows",
      "environments[0].name",
      "environments[1].name",
      "environments[2].name",
      "environments[2].name",
      "registry",
    ]);
  });

  test.each<[string, Partial<PipelineProps>, string]>([
    [
      "no trigger of delivery",
      { triggers: [Trigger.pullRequest()] },
      'triggers: ["pullRequest","mergeGroup"] never start delivery',
    ],
    [
      "one time for two triggers",
      { triggers: [Trigger.weekly(), Trigger.cron("17 3 * * 1")] },
      'triggers[1].cron: "17 3 * * 1" is the time of two triggers',
    ],
    ["an hour that no day has", { triggers: [Trigger.cron("0 24 * * *")] }, 'has "24" as its hour'],
    ["names of months", { triggers: [Trigger.cron("0 3 1 JAN *")] }, 'has "JAN" as its month'],
    [
      "staging after production",
      { environments: [Environment.production(), Environment.staging()] },
      'comes before "staging"',
    ],
    ["nothing that reviews", { lint: false, test: false }, "leaves pull requests without any stage"],
    ["an absolute path", { data: DataSource.file("/data/claims.csv") }, "is not a relative path"],
    ["a path of Windows", { data: DataSource.file("data\\claims.csv") }, "is not a relative path"],
    [
      "an environment but no registry",
      { registry: false, environments: [Environment.staging()] },
      "promotes models that are registered nowhere",
    ],
  ])("refuses %s", (_, changes, says) => {
    const problems = problemsOf("risk", changes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
  });

  test.each(["17 3 * * 1", "*/15 * * * *", "0 0-23/2 1,15 * *", "5 4 * * 0"])(
    "takes the cron expression %s",
    (cron) => {
      expect(problemsOf("risk", { triggers: [Trigger.cron(cron)] })).toEqual([]);
    },
  );

  test("names of registered model and experiment may be others", () => {
    const { registry } = definePipeline("risk", { ...props, registry: Registry.mlflow({ model: "claims/risk" }) });
    expect(registry).toEqual({ kind: "mlflow", model: "claims/risk", experiment: "risk" });
  });
});

describe("custom stages", () => {
  const placed = (stages: readonly Stage[], changes: Partial<PipelineProps> = {}): readonly string[] =>
    definePipeline("risk", { ...props, ...changes, stages }).customStages.map(
      ({ name, after, before, lines }) => `${name} after ${after.join()} before ${before.join()} on ${lines.join()}`,
    );
  const environments = [Environment.staging(), Environment.production()];
  const sample = DataSource.file("claims.parquet", { sample: "sample.parquet" });

  test("come before the next registration or promotion unless they say otherwise", () => {
    expect(
      placed(
        [
          Stage.command("types", "mypy ."),
          Stage.command("smoke", "python smoke.py", { after: ["promote-staging"] }),
          Stage.command("report", "python report.py", { after: ["smoke"] }),
          Stage.command("notice", "python notice.py", { after: ["promote-production"] }),
          Stage.command("aside", "python aside.py", { before: [] }),
        ],
        { environments },
      ),
    ).toEqual([
      "types after  before register on review,delivery",
      "smoke after promote-staging before promote-production on delivery",
      "report after smoke before promote-production on delivery",
      "notice after promote-production before  on delivery",
      "aside after  before  on review,delivery",
    ]);
  });

  test("are on every line that has what they come after", () => {
    const stages = [
      Stage.command("robustness", "x", { after: ["train"] }),
      Stage.command("then", "x", { after: ["robustness"] }),
    ];
    expect(placed(stages).map((each) => each.split(" on ")[1])).toEqual(["delivery", "delivery"]);
    expect(placed(stages, { data: sample }).map((each) => each.split(" on ")[1])).toEqual([
      "review,delivery",
      "review,delivery",
    ]);
  });

  test.each<[string, readonly Stage[], string]>([
    [
      "an unknown neighbour",
      [Stage.command("a", "x", { after: ["trian"] })],
      'stages[0].after[0]: "trian" is no stage of this pipeline. Name one that is there: lint, test, acquire',
    ],
    ["itself as neighbour", [Stage.command("a", "x", { before: ["a"] })], "is the stage itself"],
    ["a name of Slipway's own", [Stage.command("gate", "x")], "would stand in for a stage of Slipway's own"],
    [
      "a name that belongs to an environment",
      [Stage.command("promote-anyway", "x")],
      "would stand in for a stage of Slipway's own",
    ],
    ["one name twice", [Stage.command("a", "x"), Stage.command("a", "y")], "is the name of two stages"],
    [
      "a place before what comes before it",
      [Stage.command("a", "x", { after: ["register"], before: ["train"] })],
      "train -> predict -> gate -> register -> a -> train",
    ],
    [
      "a stage that reviews do not have",
      [Stage.command("a", "x", { after: ["train"], lines: ["review"] })],
      "is no stage of the review line. Give the data a `sample`",
    ],
    [
      "a stage that only delivery has",
      [Stage.command("a", "x", { after: ["register"], lines: ["review", "delivery"] })],
      'Set `lines: ["delivery"]`',
    ],
    ["no line", [Stage.command("a", "x", { lines: [] })], "names no line"],
    ["an empty command", [Stage.command("a", "")], "stages[0].run"],
  ])("with %s are refused", (_, stages, says) => {
    expect(problemsOf("risk", { stages }).join("\n")).toContain(says);
  });

  test("two that wait for each other are a cycle", () => {
    const stages = [Stage.command("a", "x", { after: ["b"] }), Stage.command("b", "x", { after: ["a"] })];
    expect(problemsOf("risk", { stages }).join("\n")).toMatch(
      /would have to come before and after itself: (a -> b -> a|b -> a -> b)/,
    );
  });
});
