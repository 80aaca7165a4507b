/** How a task stands. `kept`: an earlier run did it from the same inputs. `skipped`: something it needs did not succeed. */
export type TaskState = "waiting" | "running" | "passed" | "kept" | "failed" | "skipped" | "approval" | "cancelled";

/** A job, or something jobs need on this machine, such as the Python environment. */
export interface Task {
  readonly id: string;
  readonly title: string;
  /** Ids of the tasks that must have passed, or been kept, before this one starts. */
  readonly needs: readonly string[];
  /** Whether a person has to let it start and has not; it then waits, and so does everything after it. */
  readonly awaitsApproval: boolean;
}

/** How a task ended. */
export interface Ending {
  readonly state: "passed" | "kept" | "failed" | "skipped" | "cancelled";
  /** In one line: why it did not pass, or what was kept. */
  readonly note: string | null;
  /** Exit code of the step that failed; `null` where there is none. */
  readonly exitCode: number | null;
}

/** A task as it stands now. */
export interface TaskStatus {
  readonly task: Task;
  readonly state: TaskState;
  /** Milliseconds since the epoch; `null` while it has not started. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly note: string | null;
  readonly exitCode: number | null;
}

/** Whether what needs this task may start. */
export function succeeded(state: TaskState): boolean {
  return state === "passed" || state === "kept";
}

export function isOver(state: TaskState): boolean {
  return state !== "waiting" && state !== "running";
}
