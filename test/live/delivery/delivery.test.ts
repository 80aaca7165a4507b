import { describeWith, goTool, pythonWith } from "../../tools";
import { DeliverySystem } from "./delivery-system";
import { BEHIND_THE_GATE, DECIDING_JOBS, ONLY_NOT_WORSE, REFUSED } from "./scenarios";

function tools(): string {
  pythonWith("mlflow");
  return goTool("act");
}

describeWith(tools, "the generated delivery workflow", () => {
  let system: DeliverySystem;
  beforeAll(async () => {
    system = await DeliverySystem.start();
  });
  afterAll(async () => {
    await system.stop();
  });

  it("brings the good model to the registry and to staging, with evidence that verifies", async () => {
    const run = await system.deliver("good");
    expect([run.log, Object.fromEntries(run.jobs)]).toEqual([
      expect.anything(),
      Object.fromEntries([...DECIDING_JOBS, "verdict"].map((job) => [job, "success"])),
    ]);
    const [version, ...others] = await system.registered();
    expect(others).toEqual([]);
    expect(await system.alias("staging")).toBe(version!.version);
    expect(system.verifyEvidence("good")).toMatchObject({ status: 0 });
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
      const jobs = ["lint", "test", "acquire", "validate-data", "split", "train", "predict", "gate", "verdict"];
      expect([run.log, Object.fromEntries(run.jobs)]).toEqual([
        expect.anything(),
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
