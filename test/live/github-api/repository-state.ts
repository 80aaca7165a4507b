import { GitHistory } from "./git-history";

export type Json = Record<string, unknown>;

/** Who calls the API, as rulesets name actors. */
export interface Actor {
  readonly type: "Integration" | "User";
  readonly id: number;
}

export interface Ruleset extends Json {
  readonly id: number;
  readonly name: string;
  readonly enforcement: string;
  readonly bypass_actors?: readonly { actor_id?: number; actor_type: string; bypass_mode: string }[];
  readonly conditions: { ref_name: { include: readonly string[] } };
  readonly rules: readonly { type: string; parameters?: Json }[];
}

export interface Environment {
  readonly settings: Json;
  readonly policies: Map<number, Json>;
  readonly variables: Map<string, string>;
}

export interface PullRequest extends Json {
  readonly number: number;
  readonly title: string;
  readonly head: string;
  readonly base: string;
  readonly state: "open" | "closed";
}

/** Everything the API remembers of one repository. */
export class RepositoryState {
  public readonly git: GitHistory;
  public readonly environments = new Map<string, Environment>();
  public readonly rulesets = new Map<number, Ruleset>();
  public readonly pulls = new Map<number, PullRequest>();
  public actionsPermissions: Json = { enabled: true, allowed_actions: "all" };
  public selectedActions: Json = {};
  public workflowPermissions: Json = {
    default_workflow_permissions: "write",
    can_approve_pull_request_reviews: false,
  };
  public vulnerabilityAlerts = false;
  private lastId = 100;

  public constructor(
    public readonly owner: string,
    public settings: Json & { name: string; default_branch: string; archived?: boolean },
  ) {
    this.git = new GitHistory(settings.default_branch);
  }

  public nextId(): number {
    return ++this.lastId;
  }

  /**
   * The message with which GitHub refuses a write to a branch without a pull request; `null` when the actor may write.
   *
   * @see https://docs.github.com/rest/repos/rules
   */
  public refusal(branch: string, actor: Actor, deletesBranch = false): string | null {
    for (const ruleset of this.rulesets.values()) {
      if (ruleset.enforcement !== "active" || !this.covers(ruleset, branch)) continue;
      const passes = (ruleset.bypass_actors ?? []).some(
        (each) => each.actor_type === actor.type && each.actor_id === actor.id && each.bypass_mode === "always",
      );
      const forbids = ruleset.rules.some(({ type }) => type === (deletesBranch ? "deletion" : "pull_request"));
      if (forbids && !passes) {
        return `Repository rule violations found\n\nChanges must be made through a pull request. (${ruleset.name})`;
      }
    }
    return null;
  }

  private covers(ruleset: Ruleset, branch: string): boolean {
    return ruleset.conditions.ref_name.include.some(
      (name) =>
        name === `refs/heads/${branch}` || (name === "~DEFAULT_BRANCH" && branch === this.settings.default_branch),
    );
  }
}
