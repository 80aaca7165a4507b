import type { Approver } from "../../blueprint/identity";

/** Who may approve a promotion on GitHub. Any one of an environment's reviewers suffices; GitHub takes up to six. */
export class Reviewer {
  /**
   * A team of the repository's organization.
   *
   * @param slug - the team's slug, as in its address: `risk-owners`
   */
  public static team(slug: string): Approver {
    return { kind: "team", name: slug };
  }

  /**
   * A person.
   *
   * @param login - the account's name
   */
  public static user(login: string): Approver {
    return { kind: "user", name: login };
  }
}
