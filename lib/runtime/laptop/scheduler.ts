import { type Ending, isOver, succeeded, type Task, type TaskState, type TaskStatus } from "./task";

export interface ScheduleOptions {
  /** Most tasks that run at the same time. */
  readonly limit: number;
  /** Does the work of one task; never throws for a task that fails. */
  readonly perform: (task: Task) => Promise<Ending>;
  /** Called after every change. */
  readonly changed: (statuses: readonly TaskStatus[]) => void;
  /** No task starts after it is aborted; `perform` ends those that run. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Runs tasks in parallel as far as their needs allow. The rule is the CI's: a task starts only when everything it needs has
 * succeeded; after a failure, all that depends on it is skipped and everything else goes on.
 */
export async function schedule(tasks: readonly Task[], options: ScheduleOptions): Promise<readonly TaskStatus[]> {
  const statuses = new Map<string, TaskStatus>(tasks.map((task) => [task.id, untouched(task)]));
  const running = new Map<string, Promise<void>>();
  const list = (): readonly TaskStatus[] => tasks.map(({ id }) => statuses.get(id)!);
  const change = (id: string, to: Partial<TaskStatus>): void => {
    statuses.set(id, { ...statuses.get(id)!, ...to });
    options.changed(list());
  };
  const start = (task: Task): void => {
    change(task.id, { state: "running", startedAt: options.now() });
    const work = options.perform(task).then((ending) => {
      running.delete(task.id);
      change(task.id, { ...ending, endedAt: options.now() });
    });
    running.set(task.id, work);
  };

  for (;;) {
    for (const task of tasks) {
      if (statuses.get(task.id)!.state !== "waiting") continue;
      const next = nextState(
        task,
        task.needs.map((id) => statuses.get(id)!),
        options.signal.aborted,
      );
      if (next === "waiting") continue;
      if (next === "running") {
        if (running.size < options.limit) start(task);
      } else {
        change(task.id, { state: next, note: noteOf(next, task, statuses) });
      }
    }
    if (running.size === 0) {
      if (list().every(({ state }) => isOver(state))) return list();
      if (!list().some((status) => status.state === "waiting" && canStillMove(status.task, statuses))) {
        throw new Error("jobs that need each other can never start");
      }
      continue;
    }
    await Promise.race(running.values());
  }
}

function untouched(task: Task): TaskStatus {
  return { task, state: "waiting", startedAt: null, endedAt: null, note: null, exitCode: null };
}

function nextState(task: Task, needs: readonly TaskStatus[], aborted: boolean): TaskState {
  if (aborted) return "cancelled";
  if (needs.some(({ state }) => isOver(state) && !succeeded(state))) return "skipped";
  if (!needs.every(({ state }) => succeeded(state))) return "waiting";
  return task.awaitsApproval ? "approval" : "running";
}

function canStillMove(task: Task, statuses: ReadonlyMap<string, TaskStatus>): boolean {
  return task.needs.every((id) => isOver(statuses.get(id)!.state));
}

function noteOf(state: TaskState, task: Task, statuses: ReadonlyMap<string, TaskStatus>): string | null {
  if (state === "approval") return "waits for an approval";
  if (state !== "skipped") return null;
  const blockers = task.needs.filter((id) => {
    const need = statuses.get(id)!.state;
    return isOver(need) && !succeeded(need);
  });
  return `needs ${blockers.join(", ")}`;
}
