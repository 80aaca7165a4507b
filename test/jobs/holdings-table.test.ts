import { readFileSync } from "node:fs";
import { DataSource, Environment, Packaging, Signing, Stage, Training, Trigger } from "../../lib/index";
import { definePipeline } from "../blueprint/pipeline/define-pipeline";
import type { Job } from "../../lib/jobs/job";
import { lower } from "../../lib/jobs/lower";

/** The table of docs/guides/pipeline.md, made from the jobs of a delivery that has every kind of stage. */
function holdingsTable(): readonly string[][] {
  const pipeline = definePipeline("risk", {
    train: Training.command("python train.py"),
    data: DataSource.command("python fetch.py", { output: "claims.parquet" }),
    python: { version: "3.12", manager: "pip", lockFile: "requirements.txt" },
    stages: [Stage.command("yours", "make check")],
    triggers: [Trigger.push(), Trigger.drift()],
    environments: [Environment.staging({ service: "risk" })],
    signing: Signing.ed25519(),
    packaging: Packaging.dockerfile({ repository: "registry.acme.example/risk" }),
  });
  return [
    ["job", "environment", "user code", "data", "signs", "tracking", "registry", "store", "images", "cache"],
    ...lower({ pipeline }, "delivery").map(row),
  ];
}

function row({ id, environment, holdings }: Job): string[] {
  const mark = (held: boolean): string => (held ? "yes" : "");
  return [
    `\`${id.replace("staging", "<env>")}\``,
    environment === "staging" ? "its own" : (environment ?? ""),
    mark(holdings.userCode),
    holdings.labels ? "opens" : holdings.rawData ? "fetches" : "",
    mark(holdings.signingKey),
    mark(holdings.tracking),
    mark(holdings.registry),
    holdings.store === "none" ? "" : `${holdings.store}s`,
    mark(holdings.images),
    mark(holdings.cache),
  ];
}

test("the guide says who holds what", () => {
  const page = readFileSync("docs/guides/pipeline.md", "utf8");
  const section = /<!-- holdings:.*?-->(.*)<!-- holdings end -->/s.exec(page)![1]!;
  const table = section
    .trim()
    .split("\n")
    .filter((line) => !/^\|[ :-]+\|[ |:-]*$/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(table).toEqual(holdingsTable());
});
