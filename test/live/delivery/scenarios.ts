import type { ModelRepository } from "./model-repository";

/** One thing that a data scientist, or the data, gets wrong, and the stage that has to notice. */
export interface Scenario {
  readonly title: string;
  readonly change: (repository: ModelRepository) => void;
  /** Job that refuses; everything behind it must not run. */
  readonly stage: "lint" | "test" | "validate-data" | "split" | "gate";
  /** What the refusal says. */
  readonly says: RegExp;
}

const WRITE = "frame.to_parquet(OUTPUT, index=False)";

/** The same data, changed on its way into the snapshot. */
function data(expression: string): Scenario["change"] {
  return (repository) => {
    repository.edit("data/fetch.py", WRITE, `${expression}.to_parquet(OUTPUT, index=False)`);
  };
}

function features(...names: readonly string[]): Scenario["change"] {
  return (repository) => {
    repository.edit("params.json", '"all"', JSON.stringify(names));
  };
}

export const REFUSED: readonly Scenario[] = [
  {
    title: "a lint error",
    change: (repository) => {
      repository.edit("train.py", "import json\n", "import json\nimport sys\n");
    },
    stage: "lint",
    says: /F401/,
  },
  {
    title: "a failing unit test",
    change: (repository) => {
      repository.edit("tests/test_risk_model.py", '== ["a", "b"]', '== ["b", "a"]');
    },
    stage: "test",
    says: /1 failed/,
  },
  {
    title: "a renamed column",
    change: data('frame.rename(columns={"income": "earnings"})'),
    stage: "validate-data",
    says: /income/,
  },
  {
    title: "a null in a required column",
    change: data('frame.assign(income=frame["income"].where(frame.index != 7))'),
    stage: "validate-data",
    says: /income/,
  },
  {
    title: "a column that leaks the outcome",
    change: data('frame.assign(mhi=frame["meddol"].rank(pct=True) * 100)'),
    stage: "split",
    says: /mhi/,
  },
  {
    title: "an AUC under the limit",
    change: features("plan", "coins"),
    stage: "gate",
    says: /auc at least 0\.62 .*failed/,
  },
  {
    // Child, mental health and chronic diseases: as good as the full model, but it sends many more women than men.
    title: "a fairness limit",
    change: (repository) => {
      features("mhi", "disea", "child")(repository);
      repository.edit("params.json", '"iterations": 80', '"iterations": 40');
      repository.edit("params.json", '"leaves": 8', '"leaves": 4');
    },
    stage: "gate",
    says: /demographic parity difference by female at most 0\.1 .*failed/,
  },
];
