import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import { Environment, MlPipeline, metric, QualityPolicy, Store } from "slipway";
import { Deliverer, GitHubRepository, Reviewer } from "slipway/github";
import { promotingProps, type Props } from "../../constructs/a-program";
import { describeWith } from "../../tools";
import { GitHubApi } from "./server";
import { Terraform, type TerraformResult } from "../terraform";

const APP_ID = 4711;
const TOKENS = { "app-token": { type: "Integration", id: APP_ID }, "user-token": { type: "User", id: 5 } } as const;
const REPOSITORY = "acme/insurance-risk";

/** What a program says differently from the one that all share. */
type Said = Partial<Props> & Pick<Props, "delivery">;

/** One program, written as Terraform reads it, that delivers to the API at that address. */
function synthesized(url: string, token: keyof typeof TOKENS, program: (stack: TerraformStack) => Said): string {
  const stack = new TerraformStack(new App({ skipValidation: false }), "delivery");
  new GithubProvider(stack, "github", { owner: "acme", baseUrl: url, token, writeDelayMs: 1 });
  const said = program(stack);
  new MlPipeline(stack, "insurance-risk", { ...promotingProps(stack, said.delivery), ...said });
  return Testing.synth(stack, true);
}

function existing(stack: TerraformStack, id = "model") {
  return GitHubRepository.existing(stack, id, { name: REPOSITORY, plan: "enterprise" });
}

const direct = (stack: TerraformStack): Said => ({
  delivery: existing(stack).actions({ mode: "direct", deliveredBy: Deliverer.app(APP_ID) }),
});
const byPullRequest = (stack: TerraformStack): Said => ({ delivery: existing(stack).actions() });

const stricter = new QualityPolicy({ accuracy: [metric("auc").atLeast(0.75)] });

const DELIVERED = [
  ".github/workflows/slipway-insurance-risk-delivery.yml",
  ".github/workflows/slipway-insurance-risk-review.yml",
  ".slipway/insurance-risk.json",
  ".slipway/runtime/package-lock.json",
  ".slipway/runtime/package.json",
  "README.md",
];

describeWith(
  () => Terraform.initialized(synthesized("http://127.0.0.1:1/", "app-token", direct)),
  "the synthesized stack, applied by Terraform with the provider github 6.9.0",
  (terraform) => {
    let api: GitHubApi;

    beforeEach(async () => {
      api = await GitHubApi.start(TOKENS);
    });
    afterEach(async () => {
      await terraform.run("destroy", "-auto-approve", "-input=false");
      await api.stop();
    });

    /** What Terraform printed, where it succeeded. */
    function done({ status, output }: TerraformResult): string {
      if (status !== 0) throw new Error(output.slice(output.indexOf("Error: ")));
      return output;
    }

    async function apply(token: keyof typeof TOKENS, program: (stack: TerraformStack) => Said) {
      terraform.configure(synthesized(api.url, token, program));
      return terraform.run("apply", "-auto-approve", "-input=false");
    }

    /** 0: nothing to do, 2: changes, 1: an error. */
    async function planned(): Promise<number> {
      const { status, output } = await terraform.run("plan", "-detailed-exitcode", "-input=false");
      if (status !== 0) process.stderr.write(output);
      return status;
    }

    function files(branch = "main"): string[] {
      return [...api.repositories.get(REPOSITORY)!.git.tip(branch)!.tree.keys()].sort();
    }

    test("is valid", async () => {
      terraform.configure(synthesized(api.url, "app-token", direct));
      done(await terraform.run("validate"));
    });

    test("direct: delivers under the ruleset it installs, plans nothing afterwards, changes, and goes without a trace", async () => {
      const repository = api.addRepository(REPOSITORY);
      done(await apply("app-token", direct));
      expect(files()).toEqual(DELIVERED);
      expect([...repository.environments.keys()].sort()).toContain("insurance-risk-production");
      expect(repository.rulesets.size).toBe(1);
      expect(await planned()).toBe(0);

      done(await apply("app-token", (stack) => ({ ...direct(stack), policy: stricter })));
      expect(repository.git.tip("main")!.tree.get(".slipway/insurance-risk.json")).toContain("0.75");
      expect(await planned()).toBe(0);

      done(await terraform.run("destroy", "-auto-approve"));
      expect(files()).toEqual(["README.md"]);
      expect([repository.environments.size, repository.rulesets.size]).toEqual([0, 0]);
      expect(api.unanswered).toEqual([]);
    });

    test("direct: writes the manifest before the runtime and the workflows last", async () => {
      api.addRepository(REPOSITORY);
      await apply("app-token", direct);
      const written = api.writes.flatMap((write) => /^PUT .*\/contents\/(.*)$/.exec(write)?.[1] ?? []);
      expect(written[0]).toBe(".slipway/insurance-risk.json");
      expect(written.slice(-2).sort()).toEqual(DELIVERED.slice(0, 2));
      const ruleset = api.writes.findIndex((write) => write.includes("/rulesets"));
      expect(api.writes.slice(ruleset).filter((write) => write.includes("/contents/"))).toEqual([]);
    });

    test("direct: somebody whom the ruleset does not name changes nothing", async () => {
      const repository = api.addRepository(REPOSITORY);
      await apply("app-token", direct);
      const before = repository.git.tip("main")!.sha;
      const refused = await apply("user-token", (stack) => ({ ...direct(stack), policy: stricter }));
      expect(refused.status).toBe(1);
      expect(refused.output).toContain("Repository rule violations found");
      expect(repository.git.tip("main")!.sha).toBe(before);
      // For the removal afterwards.
      terraform.configure(synthesized(api.url, "app-token", direct));
    });

    describe.each([
      ["is kept", false],
      ["is deleted", true],
    ])("as one pull request whose branch %s after the merge", (_, deleteBranch) => {
      test("needs no way past the ruleset; a merged delivery plans nothing; a change opens the next one", async () => {
        const repository = api.addRepository(REPOSITORY);
        done(await apply("user-token", byPullRequest));
        expect(files()).toEqual(["README.md"]);
        const [first] = [...repository.pulls.values()];
        expect(files(first!.head)).toEqual(DELIVERED);
        expect(await planned()).toBe(0);

        api.merge(REPOSITORY, 1, { deleteBranch });
        expect(files()).toEqual(DELIVERED);
        expect(await planned()).toBe(0);

        done(await apply("user-token", (stack) => ({ ...byPullRequest(stack), policy: stricter })));
        const second = repository.pulls.get(2)!;
        expect(second).toMatchObject({ state: "open", base: "main" });
        expect(repository.git.tip(second.head)!.tree.get(".slipway/insurance-risk.json")).toContain("0.75");
        expect(repository.pulls.get(1)).toMatchObject({ merged: true, title: first!.title });
        expect(await planned()).toBe(0);

        api.merge(REPOSITORY, 2, { deleteBranch });
        expect(files()).toEqual(DELIVERED);
        expect(repository.git.tip("main")!.tree.get(".slipway/insurance-risk.json")).toContain("0.75");
        expect(await planned()).toBe(0);
        expect(api.unanswered).toEqual([]);
      });
    });

    test("a new repository is created with its owners, its default permissions and only the actions it needs", async () => {
      const created = (stack: TerraformStack): Said => ({
        delivery: new GitHubRepository(stack, "model", {
          name: REPOSITORY,
          plan: "enterprise",
          codeOwners: ["@acme/platform"],
        }).actions({ mode: "direct", deliveredBy: Deliverer.app(APP_ID) }),
        store: Store.s3({ bucket: "acme-models", region: "eu-central-1" }),
        environments: [Environment.production({ reviewers: [Reviewer.user("jo"), Reviewer.team("risk-owners")] })],
      });
      done(await apply("app-token", created));
      const repository = api.repositories.get(REPOSITORY)!;
      expect(files()).toEqual([DELIVERED[0], ".github/CODEOWNERS", ...DELIVERED.slice(1)].sort());
      expect(repository.workflowPermissions).toMatchObject({ default_workflow_permissions: "read" });
      expect(repository.selectedActions).toMatchObject({ github_owned_allowed: false });
      expect(repository.environments.get("insurance-risk-production")!.settings).toMatchObject({
        can_admins_bypass: false,
        prevent_self_review: true,
        reviewers: [{ type: "Team" }, { type: "User" }],
      });
      expect(await planned()).toBe(0);
      done(await terraform.run("destroy", "-auto-approve"));
      expect(repository.settings.archived).toBe(true);
      expect(api.unanswered).toEqual([]);
    });

    test("a repository that is not as it was stated stops the plan before anything is written", async () => {
      api.addRepository(REPOSITORY, { default_branch: "trunk", visibility: "public" });
      const refused = await apply("app-token", direct);
      expect(refused.status).toBe(1);
      expect(refused.output).toContain('The default branch of acme/insurance-risk is not "main"');
      expect(refused.output).toContain('The visibility of acme/insurance-risk is not "private"');
      expect(api.writes).toEqual([]);
    });

    test("a repository that is not there stops the plan with its name", async () => {
      const refused = await apply("app-token", direct);
      expect(refused.status).toBe(1);
      expect(refused.output).toContain("shows this token no repository acme/insurance-risk");
      expect(refused.output).not.toContain("default branch of");
    });
  },
);
