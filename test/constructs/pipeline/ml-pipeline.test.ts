import { generateKeyPairSync } from "node:crypto";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";
import { lower } from "../../../lib/jobs/lower";
import { GitHubRepository, Deliverer } from "slipway/github";
import { MlPipeline, Environment, Signer } from "slipway";
import { policyDigest } from "../../../lib/blueprint/policy/quality-policy";
import { aPipeline, aPolicy, aStack, packagingProps, promotingProps, requiredProps } from "../a-program";
import { addresses, readablePlan } from "./readable-plan";

function planOf(pipeline: MlPipeline): string {
  return Testing.synth(TerraformStack.of(pipeline));
}

describe("a pipeline's plan", () => {
  test("for a pipeline that promotes, delivered as one pull request", () => {
    expect(readablePlan(planOf(aPipeline()))).toMatchSnapshot();
  });

  test("for a pipeline that packages: an environment more, for the job that pushes images", () => {
    const [without, packaging] = [promotingProps, packagingProps].map((props) =>
      readablePlan(planOf(aPipeline(props))),
    );
    const more = Object.entries(packaging!).filter(([path]) => !(path in without!));
    expect(Object.fromEntries(more)).toMatchSnapshot();
    expect(Object.keys(without!).filter((path) => !(path in packaging!))).toEqual([]);
  });

  test("for the least that can be said", () => {
    expect(readablePlan(planOf(aPipeline(requiredProps)))).toMatchSnapshot();
  });

  test("for a new repository, delivered directly", () => {
    const stack = aStack();
    const repository = new GitHubRepository(stack, "repository", {
      name: "acme/insurance-risk",
      plan: "team",
      codeOwners: ["@acme/platform"],
    });
    const delivery = repository.actions({ mode: "direct", deliveredBy: Deliverer.app(4711) });
    new MlPipeline(stack, "insurance-risk", requiredProps(stack, delivery));
    expect(readablePlan(Testing.synth(stack))).toMatchSnapshot();
  });

  /** A changed address destroys and recreates what stands: this list changes only together with a `moveTo`. */
  test("keeps its addresses", () => {
    expect(addresses(planOf(aPipeline()))).toMatchSnapshot();
  });

  test("is the same on any machine: time zone, language and folder change no byte", () => {
    const tsx = join(process.cwd(), "node_modules/tsx/dist/cli.mjs");
    const tsconfig = join(process.cwd(), "tsconfig.json");
    const elsewhere = spawnSync(process.execPath, [tsx, "--tsconfig", tsconfig, join(__dirname, "print-plan.ts")], {
      cwd: "/",
      encoding: "utf8",
      env: { ...process.env, TZ: "Asia/Kathmandu", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(elsewhere.stderr).toBe("");
    expect(elsewhere.stdout).toBe(planOf(aPipeline()));
  });
});

describe("what a pipeline delivers", () => {
  const pipeline = aPipeline();
  const { environments, files, mergeRuleset } = pipeline.delivered;

  test("is an environment for every one that its jobs run in", () => {
    const used = lower(pipeline.manifest, "delivery").map(({ environment }) => environment);
    expect(Object.keys(environments).sort()).toEqual([...new Set(used)].filter((name) => name !== null).sort());
  });

  test("can be overridden resource by resource", () => {
    environments.production!.environment.waitTimer = 30;
    mergeRuleset!.ruleset.addOverride("rules.required_linear_history", true);
    files.pullRequest!.title = "Another title";
    const plan = planOf(pipeline);
    expect(plan).toContain('"wait_timer": 30');
    expect(plan).toContain('"required_linear_history": true');
    expect(plan).toContain("Another title");
  });

  test("names in every promotion environment whose evidence and which policy it accepts", () => {
    const { variables } = environments.production!;
    expect(JSON.parse(variables.SLIPWAY_SIGNERS!.valueInput!)).toEqual([
      {
        kind: "keyless",
        name: "acme/insurance-risk delivery of insurance-risk",
        issuer: "https://token.actions.githubusercontent.com",
        identity:
          "https://github.com/acme/insurance-risk/.github/workflows/slipway-insurance-risk-delivery.yml@refs/heads/main",
        assurance: "ci",
      },
    ]);
    expect(JSON.parse(variables.SLIPWAY_ACCEPTED_POLICIES!.valueInput!)).toEqual({
      gate: [policyDigest(pipeline.manifest.policy, "gate")],
      serving: [policyDigest(pipeline.manifest.policy, "serving")],
    });
  });

  test("accepts another latency limit only under another digest, and the same gate evidence with it", () => {
    const accepted = (millis: number): Record<string, string[]> => {
      const of = aPipeline((stack) => ({ ...packagingProps(stack), policy: aPolicy({ latencyMillis: millis }) }));
      return JSON.parse(
        of.delivered.environments.production!.variables.SLIPWAY_ACCEPTED_POLICIES!.valueInput!,
      ) as never;
    };
    const [narrow, wide] = [accepted(100), accepted(150)];
    expect(narrow.gate).toEqual(wide.gate);
    expect(narrow.serving).not.toEqual(wide.serving);
  });

  test("trusts a laptop only where a laptop's key is named", () => {
    const publicKey = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();
    const named = aPipeline((stack) => ({
      ...promotingProps(stack),
      trustedSigners: [Signer.ed25519("jo's laptop", publicKey, { assurance: "laptop" })],
    }));
    expect(named.delivered.environments.staging!.variables.SLIPWAY_SIGNERS!.valueInput).toContain(
      '"assurance":"laptop"',
    );
    expect(planOf(aPipeline())).not.toContain("laptop");
  });

  test("leaves out what was accepted as unenforced, and nothing else", () => {
    const open = aPipeline((stack) => {
      const repository = GitHubRepository.existing(stack, "repository", { name: "acme/insurance-risk", plan: "team" });
      const delivery = repository.actions({ acceptUnenforced: ["requiredReviewers"] });
      return promotingProps(stack, delivery);
    });
    expect(open.delivered.environments.production!.environment.reviewersInput).toBeUndefined();
    expect(open.delivered.environments.production!.environment.canAdminsBypassInput).toBe(false);
    expect(open.delivered.mergeRuleset).toBeDefined();
  });

  test("several pipelines of one repository share the runtime, and cannot share a name", () => {
    const stack = aStack();
    const repository = GitHubRepository.existing(stack, "repository", { name: "acme/insurance-risk", plan: "team" });
    const delivery = repository.actions({ mode: "direct", deliveredBy: Deliverer.app(4711) });
    const first = new MlPipeline(stack, "motor", requiredProps(stack, delivery));
    const second = new MlPipeline(stack, "home", requiredProps(stack, delivery));
    expect(second.delivered.files.runtime).toEqual(first.delivered.files.runtime);
    expect(second.delivered.files.manifest.fileInput).toBe(".slipway/home.json");
    const elsewhere = new Construct(stack, "elsewhere");
    expect(() => new MlPipeline(elsewhere, "home", requiredProps(stack, delivery))).toThrow(
      'name: "home" is a pipeline of this repository already',
    );
  });

  test("hands deploy-time values to the environments whose jobs read them, and to no others", () => {
    const given = aPipeline((stack) => ({
      ...promotingProps(stack),
      environments: [Environment.staging()],
      variables: {
        SLIPWAY_STORE: "s3://acme-models?region=eu-central-1",
        AWS_ROLE_ARN: { registry: "arn:aws:iam::1:role/registry", staging: "arn:aws:iam::1:role/staging" },
      },
    }));
    const roles = Object.values(given.delivered.environments).map(
      ({ variables }) => variables.AWS_ROLE_ARN?.valueInput,
    );
    expect(roles.filter((role) => role !== undefined).sort()).toEqual([
      "arn:aws:iam::1:role/registry",
      "arn:aws:iam::1:role/staging",
    ]);
    const having = Object.entries(given.delivered.environments).filter(
      ([, { variables }]) => "SLIPWAY_STORE" in variables,
    );
    expect(having.map(([name]) => name).sort()).toEqual(["baseline", "registry", "staging"]);
  });

  test("tells the job that packages where images go, and the one that verifies where the model is served", () => {
    const { delivered } = aPipeline((stack) => ({
      ...packagingProps(stack),
      variables: { SLIPWAY_IMAGES: "eu.registry.acme.example/risk", SLIPWAY_SERVICE_URL: "http://risk.eu.svc:8080" },
    }));
    const having = (name: string): readonly string[] =>
      Object.keys(delivered.environments).filter((each) => name in delivered.environments[each]!.variables);
    expect(having("SLIPWAY_IMAGES")).toEqual(["images"]);
    expect(having("SLIPWAY_SERVICE_URL")).toEqual(["staging"]);
  });
});
