import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ServiceLevel, serviceLevelType } from "../../../lib/verdict/evidence/service-level";
import { subjectDigest } from "../../../lib/verdict/evidence/statement";
import { verifiedImage } from "../../../lib/runtime/packaging/image-handoff";
import { parseSignedStatement } from "../../../lib/runtime/signing/signer";
import { readStatement } from "../../../lib/runtime/signing/statement-text";
import { verifyStatement } from "../../../lib/runtime/signing/verify-statement";
import { describeWith, goTool, pythonWith } from "../../tools";
import { baseSystem, ContainerEngine, LoopbackRegistry } from "../container-engine";
import type { WorkflowResult } from "../act";
import { DeliverySystem } from "./delivery-system";
import { BEHIND_THE_GATE, DECIDING_JOBS, ONLY_NOT_WORSE, REFUSED } from "./scenarios";

function tools(): string {
  pythonWith("mlflow");
  ContainerEngine.required();
  LoopbackRegistry.required();
  baseSystem();
  return goTool("act");
}

/** The last that jobs printed which failed, for whoever reads why. */
function failures({ jobs, log }: WorkflowResult): readonly string[] {
  const failed = [...jobs].flatMap(([job, result]) => (result === "success" ? [] : [`${job} | `]));
  return log
    .split("\n")
    .filter((line) => failed.some((job) => line.startsWith(job)))
    .slice(-60);
}

describeWith(tools, "the generated delivery workflow", () => {
  let system: DeliverySystem;
  beforeAll(async () => {
    system = await DeliverySystem.start();
  });
  afterAll(async () => {
    await system.stop();
  });

  it("brings the good model to the registry, and to production in an image that kept its latency in staging", async () => {
    const run = await system.deliverAndServe("good");
    expect([failures(run), Object.fromEntries(run.jobs)]).toEqual([
      [],
      Object.fromEntries([...DECIDING_JOBS, "verdict"].map((job) => [job, "success"])),
    ]);
    const [version, ...others] = await system.registered();
    expect(others).toEqual([]);
    expect(await system.alias("staging")).toBe(version!.version);
    expect(system.verifyEvidence("good")).toMatchObject({ status: 0 });
  });

  it("promoted the image that the registry holds, and whose signed statement names the model", async () => {
    const [staging, production] = [
      await system.promoted("good", "staging"),
      await system.promoted("good", "production"),
    ];
    const image = staging!.promotion.image!;
    expect(production).toMatchObject({ model: staging!.model, promotion: { image } });
    expect(JSON.parse((await system.images.manifest(image)).toString("utf8"))).toMatchObject({ schemaVersion: 2 });
    const statement = await system.images.statementAbout(image);
    const about = { model: staging!.model, pipeline: "insurance-risk" };
    expect(await verifiedImage(statement, system.trusted, about)).toBe(image);
  });

  it("kept the signed latency of the promoted model in staging, which production asked for", async () => {
    const { model } = (await system.promoted("good", "production"))!;
    const kept = system.stored("good").filter((path) => /^service-levels\/.*\.json$/.test(path));
    expect(kept).toEqual([
      expect.stringContaining(`service-levels/insurance-risk/staging/${model.replace("sha256:", "")}/`),
    ]);
    const signed = parseSignedStatement(readFileSync(join(system.store("good"), kept[0]!)))!;
    const { payload } = await verifyStatement(signed, system.trusted);
    const statement = readStatement<typeof serviceLevelType, ServiceLevel>(payload, serviceLevelType);
    expect(subjectDigest(statement)).toBe(model);
    expect(statement.predicate).toMatchObject({
      environment: "staging",
      verdict: { outcome: "passed" },
      assurance: "ci",
    });
    expect(statement.predicate.server).toMatch(/^slipway-serving\//);
  });

  it.each(REFUSED)("refuses $title at $stage, and registers nothing", async (scenario) => {
    const before = await system.registered();
    const store = `refused-${scenario.stage}`;
    const run = await system.repository.during(
      () => {
        scenario.change(system.repository, system.redeliver);
      },
      async () => system.deliver(store),
    );
    expect(run.jobs.get(scenario.stage)).toBe("failure");
    expect(run.log).toMatch(scenario.says);
    for (const job of DECIDING_JOBS.slice(0, DECIDING_JOBS.indexOf(scenario.stage)))
      expect([job, run.jobs.get(job)]).toEqual([job, "success"]);
    for (const job of BEHIND_THE_GATE) expect(run.jobs.has(job)).toBe(false);
    expect(run.jobs.get("verdict")).toBe("failure");
    expect(await system.registered()).toEqual(before);
    expect(system.stored(store)).toEqual([]);
  });

  it("ends undecided when these rows cannot tell the candidate from production, and registers nothing", async () => {
    const before = [await system.registered(), system.stored("good")];
    const run = await system.repository.during(
      () => {
        // Without the columns on health the model is a little worse: the interval of the difference includes the margin.
        system.repository.edit(
          "risk_model.py",
          "return list(available)",
          'return [name for name in available if name not in ("disea", "physlm", "ghindx", "xghindx")]',
        );
      },
      async () => system.deliver("good"),
    );
    expect(run.jobs.get("gate")).toBe("failure");
    expect(run.log).toMatch(/auc not worse than production \(margin 0\.02\).*undecided/);
    expect(run.log).toContain("gate | exit status 4");
    expect([await system.registered(), system.stored("good")]).toEqual(before);
  });

  it("refuses a model that is clearly worse than production, and registers nothing", async () => {
    const before = [await system.registered(), system.stored("good")];
    const run = await system.repository.during(
      () => {
        system.repository.edit("params.json", '"all"', '["plan", "coins"]');
        system.redeliver({ policy: ONLY_NOT_WORSE });
      },
      async () => system.deliver("good"),
    );
    expect(run.jobs.get("gate")).toBe("failure");
    expect(run.log).toMatch(/auc not worse than production \(margin 0\.02\).*failed/);
    expect([await system.registered(), system.stored("good")]).toEqual(before);
  });

  describe("a pull request", () => {
    it("is reviewed on the sample, without secrets, and leaves the registry alone", async () => {
      const before = await system.registered();
      const run = await system.review();
      const jobs = [
        "lint",
        "test",
        "acquire",
        "validate-data",
        "split",
        "train",
        "predict",
        "gate",
        ...["build", "package", "latency", "verdict"],
      ];
      expect([failures(run), Object.fromEntries(run.jobs)]).toEqual([
        [],
        Object.fromEntries(jobs.map((job) => [job, "success"])),
      ]);
      expect(await system.registered()).toEqual(before);
    });

    it("cannot be merged when a unit test fails: its one required check fails", async () => {
      const run = await system.repository.during(
        () => {
          system.repository.edit("tests/test_risk_model.py", '== ["a", "b"]', '== ["b", "a"]');
        },
        async () => system.review(),
      );
      expect([run.jobs.get("test"), run.jobs.get("verdict")]).toEqual(["failure", "failure"]);
    });
  });
});
