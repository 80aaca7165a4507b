import { App, TerraformStack, Testing, TerraformOutput } from "cdktf";
import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { GitHubRepository, type GitHubPlan, type RepositoryVisibility } from "slipway/github";
import { isEnforced, type EnforcedFeature } from "../../../lib/constructs/github/repository-plan";
import { aStack } from "../a-program";

describe("what GitHub enforces", () => {
  /** As GitHub documents it: free, team (or Pro), enterprise; public, then private. */
  const TABLE: readonly [EnforcedFeature, string, string][] = [
    ["environments", "yes yes yes", "no yes yes"],
    ["ruleset", "yes yes yes", "no yes yes"],
    ["requiredReviewers", "yes yes yes", "no no yes"],
    ["mergeQueue", "yes yes yes", "no no yes"],
  ];
  test.each(TABLE)("%s", (feature, onPublic, onPrivate) => {
    const row = (visibility: RepositoryVisibility) =>
      (["free", "team", "enterprise"] satisfies GitHubPlan[])
        .map((plan) => (isEnforced(feature, plan, visibility) ? "yes" : "no"))
        .join(" ");
    expect([row("public"), row("private")]).toEqual([onPublic, onPrivate]);
  });
});

describe("OIDC trust", () => {
  test("names one environment in both forms of the subject, never a pattern", () => {
    const stack = aStack();
    const repository = GitHubRepository.existing(stack, "repository", { name: "acme/insurance-risk", plan: "team" });
    const trust = repository.oidcTrust("insurance-risk-production");
    new TerraformOutput(stack, "trust", { value: trust });
    const { output } = JSON.parse(Testing.synth(stack)) as { output: { trust: { value: typeof trust } } };
    const body = "jsondecode(data.github_rest_api.repository_5D02F86B.body)";
    expect(output.trust.value).toEqual({
      issuer: "https://token.actions.githubusercontent.com",
      audience: "sts.amazonaws.com",
      subjects: [
        "repo:acme/insurance-risk:environment:insurance-risk-production",
        `repo:acme@\${${body}.owner.id}/insurance-risk@\${${body}.id}:environment:insurance-risk-production`,
      ],
      claims: { repository: "acme/insurance-risk", environment: "insurance-risk-production" },
    });
  });

  test("knows the ids of a repository that is only being made", () => {
    const stack = aStack();
    const repository = new GitHubRepository(stack, "repository", { name: "acme/insurance-risk", plan: "team" });
    new TerraformOutput(stack, "subject", { value: repository.oidcTrust("insurance-risk-gate").subjects[1] });
    expect(Testing.synth(stack)).toContain(".repo_id}:environment:insurance-risk-gate");
  });
});

describe("a stack", () => {
  function stackOf(owner: string): TerraformStack {
    const stack = new TerraformStack(new App({ skipValidation: false }), "delivery");
    new GithubProvider(stack, "github", { owner });
    GitHubRepository.existing(stack, "repository", { name: "acme/insurance-risk", plan: "team" });
    return stack;
  }

  test("whose provider serves another owner is refused: resources would land there", () => {
    expect(() => Testing.synth(stackOf("acme-labs"), true)).toThrow(
      'GitHub provider "delivery/github": owner "acme-labs" is not the owner of acme/insurance-risk. Set owner: "acme" on the provider, or give the repository a provider of its own.',
    );
  });

  test("whose provider serves the owner is accepted", () => {
    expect(() => Testing.synth(stackOf("acme"), true)).not.toThrow();
  });
});
