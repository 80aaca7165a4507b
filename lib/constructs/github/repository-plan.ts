import type { Problems } from "../../blueprint/problems";

/** What the owner of a repository pays GitHub for; `team` also stands for GitHub Pro of a person. */
export type GitHubPlan = "free" | "team" | "enterprise";

/** Who may read a repository; `internal` exists with GitHub Enterprise only. */
export type RepositoryVisibility = "public" | "private" | "internal";

/** Something Slipway installs that GitHub enforces on some plans only. */
export type EnforcedFeature = "environments" | "ruleset" | "requiredReviewers" | "mergeQueue";

/**
 * What may stand in the plan although the repository's GitHub plan does not enforce it. Environments cannot be given up:
 * secrets, identities and promotions are limited to the default branch by nothing else.
 */
export type Unenforced = Exclude<EnforcedFeature, "environments" | "mergeQueue">;

/**
 * Which plan enforces what, by visibility.
 *
 * @see https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments
 * @see https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets
 */
const ENFORCED_ON: Readonly<Record<EnforcedFeature, Readonly<Record<"public" | "private", readonly GitHubPlan[]>>>> = {
  environments: { public: ["free", "team", "enterprise"], private: ["team", "enterprise"] },
  ruleset: { public: ["free", "team", "enterprise"], private: ["team", "enterprise"] },
  requiredReviewers: { public: ["free", "team", "enterprise"], private: ["enterprise"] },
  mergeQueue: { public: ["free", "team", "enterprise"], private: ["enterprise"] },
};

const WHAT: Readonly<Record<EnforcedFeature, string>> = {
  environments: "has no environments",
  ruleset: "enforces no rulesets, so nothing holds back an unjudged merge",
  requiredReviewers: "enforces no required reviewers, so nobody has to approve a promotion",
  mergeQueue: "has no merge queue",
};

/** Whether GitHub holds people to the feature in a repository of that visibility on that plan. */
export function isEnforced(feature: EnforcedFeature, plan: GitHubPlan, visibility: RepositoryVisibility): boolean {
  return ENFORCED_ON[feature][visibility === "public" ? "public" : "private"].includes(plan);
}

/** Adds a problem when the feature is not enforced and the user did not accept that by name. */
export function requireEnforced(
  feature: EnforcedFeature,
  plan: GitHubPlan,
  visibility: RepositoryVisibility,
  accepted: readonly Unenforced[],
  problems: Problems,
): void {
  if (isEnforced(feature, plan, visibility) || (accepted as readonly string[]).includes(feature)) return;
  const enough = ENFORCED_ON[feature][visibility === "public" ? "public" : "private"][0] ?? "enterprise";
  const remedies = [`State plan "${enough}" if the repository has it`];
  if (visibility !== "public") remedies.push("make the repository public");
  if (feature === "ruleset" || feature === "requiredReviewers") {
    remedies.push(`accept it by name: actions({ acceptUnenforced: ["${feature}"] })`);
  }
  problems.add("delivery.plan", plan, `with visibility "${visibility}" ${WHAT[feature]}`, `${remedies.join(", or ")}.`);
}
