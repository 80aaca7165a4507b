/**
 * Who runs `cdktf deploy`, as a ruleset names those it lets through. GitHub takes no single user here: give the account
 * that deploys a GitHub App, a team or a role of its own.
 */
export class Deliverer {
  /**
   * The GitHub App whose installation token the provider uses.
   *
   * @param appId - the App's id (not the installation's), from the App's settings page
   */
  public static app(appId: number): Deliverer {
    return new Deliverer("Integration", appId);
  }

  /**
   * A team of the organization.
   *
   * @param teamId - the team's numeric id
   */
  public static team(teamId: number): Deliverer {
    return new Deliverer("Team", teamId);
  }

  /** Everybody with the repository role `admin`. */
  public static repositoryAdmins(): Deliverer {
    return new Deliverer("RepositoryRole", REPOSITORY_ADMIN_ROLE);
  }

  /** The owners of the organization. */
  public static organizationAdmins(): Deliverer {
    return new Deliverer("OrganizationAdmin", ORGANIZATION_ADMIN);
  }

  private constructor(
    public readonly actorType: "Integration" | "Team" | "RepositoryRole" | "OrganizationAdmin",
    public readonly actorId: number,
  ) {}
}

/** The id by which GitHub's rulesets name the built-in repository role `admin`. */
const REPOSITORY_ADMIN_ROLE = 5;

/** The id that GitHub's rulesets want beside the actor type `OrganizationAdmin`. */
const ORGANIZATION_ADMIN = 1;
