import type { ActionPin } from "./action-pins";
import type { Template, Value } from "./template";

/** A workflow file of GitHub Actions, as far as Slipway writes one. Field by field as GitHub documents it, in the order it is written. */
export interface Workflow {
  readonly name: string;
  readonly on: WorkflowTriggers;
  /** Environment variables of every step. */
  readonly env: Readonly<Record<string, Value>>;
  readonly concurrency: Concurrency;
  /** By id: letters, digits, `-` and `_`. */
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

export interface WorkflowTriggers {
  readonly push?: { readonly branches: readonly string[] };
  /** No filters: a required check that does not run blocks the merge, or worse, counts as passed when it is skipped. */
  readonly pullRequest?: true;
  readonly mergeGroup?: true;
  readonly workflowDispatch?: true;
  /** Cron expressions, in UTC. */
  readonly schedule?: readonly string[];
}

export interface Concurrency {
  /** Of the runs with the same group, one runs and one waits. */
  readonly group: Value;
  /** Whether a newer run stops the one that runs. */
  readonly cancelInProgress: boolean | Template;
}

/** What the token of a job may do; what is not named it may not. */
export interface Permissions {
  readonly contents?: "read";
  /** Ask for an OpenID Connect token by which clouds and Sigstore know the job. */
  readonly idToken?: "write";
  /** Push to GitHub's container registry. */
  readonly packages?: "write";
}

export interface WorkflowJob {
  /** Also the name of the check that a ruleset may require. */
  readonly name: string;
  readonly needs: readonly string[];
  /** Without one, a job runs when all it needs succeeded. */
  readonly if?: Template;
  /** Labels of the runner, all of which it must have. */
  readonly runsOn: readonly string[];
  readonly permissions: Permissions;
  /** Protected environment: its rules must pass before the job starts, and only then are its secrets given. */
  readonly environment?: string;
  readonly timeoutMinutes: number;
  readonly outputs: Readonly<Record<string, Template>>;
  readonly steps: readonly WorkflowStep[];
}

export type WorkflowStep = ActionStep | ScriptStep;

export interface ActionStep {
  readonly name: string;
  readonly id?: string;
  readonly uses: ActionPin;
  readonly with: Readonly<Record<string, Value | boolean | number>>;
}

export interface ScriptStep {
  readonly name: string;
  readonly id?: string;
  readonly env?: Readonly<Record<string, Value>>;
  /** Relative to the checkout; GitHub evaluates expressions here. */
  readonly workingDirectory?: string;
  /** Bash, stopped by the first failure. Never holds an expression: values come in by `env`. */
  readonly run: string;
}
