import { readFileSync } from "node:fs";
import { DataContract, metric, QualityPolicy } from "slipway";
import { parse, stringify } from "yaml";
import type { ModelRepository } from "./model-repository";
import type { DeliveryUnderTest } from "./synthesized-delivery";

/** Delivers the pipeline again, from a program that says something else. */
export type Redeliver = (changed: Pick<DeliveryUnderTest, "contract" | "policy">) => void;

/** One thing that a data scientist, the platform team or the data gets wrong, and the stage that has to notice. */
export interface Scenario {
  readonly title: string;
  readonly change: (repository: ModelRepository, redeliver: Redeliver) => void;
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

/** Jobs of the delivery line in the order in which they decide. */
export const DECIDING_JOBS: readonly string[] = [
  "lint",
  "test",
  "acquire",
  "validate-data",
  "split",
  "baseline",
  "train",
  "predict",
  "gate",
  "build",
  "package",
  "latency",
  "register",
  "promote-staging",
  "verify-staging",
  "promote-production",
];

/** What must never run for a model that was not accepted. What the image takes from the repository is collected meanwhile. */
export const BEHIND_THE_GATE = DECIDING_JOBS.slice(DECIDING_JOBS.indexOf("gate") + 1).filter((job) => job !== "build");

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
    title: "a fairness limit",
    change: (_, redeliver) => {
      redeliver({ contract: withProtectedFeatures() });
    },
    stage: "gate",
    says: /demographic parity difference by female at most 0\.1 .*failed/,
  },
];

/** The contract of somebody who lets the model use sex and race: it scores better, and selects many more women than men. */
function withProtectedFeatures(): DataContract {
  const document = parse(
    readFileSync("examples/insurance-risk/repository/contracts/claims.odcs.yaml", "utf8"),
  ) as Contract;
  for (const { customProperties = [] } of document.schema.flatMap(({ properties }) => properties)) {
    if (customProperties.some(({ value }) => value === "protected")) {
      customProperties.push({ property: "slipwayFeature", value: true });
    }
  }
  return DataContract.parse(stringify(document), "with protected features");
}

interface Contract {
  readonly schema: readonly {
    readonly properties: readonly { readonly customProperties?: { property: string; value: unknown }[] }[];
  }[];
}

/** A policy that asks for nothing but not being worse than production, so that this alone can refuse. */
export const ONLY_NOT_WORSE = new QualityPolicy({
  accuracy: [metric("auc").notWorseThanProduction({ margin: 0.02 })],
});
