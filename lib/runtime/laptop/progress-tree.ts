import { isOver, type TaskState, type TaskStatus } from "./task";

/** How a state is shown: a mark that reads without colour, and the colour where there is one. */
const MARKS: Readonly<Record<TaskState, { readonly mark: string; readonly colour: number }>> = {
  waiting: { mark: "·", colour: 90 },
  running: { mark: "▸", colour: 36 },
  passed: { mark: "✓", colour: 32 },
  kept: { mark: "=", colour: 32 },
  failed: { mark: "✗", colour: 31 },
  skipped: { mark: "-", colour: 90 },
  approval: { mark: "?", colour: 33 },
  cancelled: { mark: "!", colour: 33 },
};

export interface TreeOptions {
  /** First line, for example the pipeline and its line. */
  readonly title: string;
  /** Milliseconds since the epoch; running tasks show how long they have been at it. */
  readonly now: number;
  readonly colour: boolean;
  /** Columns of the terminal; longer lines are cut. */
  readonly width: number;
}

/** All tasks as a tree of text, one line each: mark, name, duration, and what there is to say. */
export function renderTree(statuses: readonly TaskStatus[], options: TreeOptions): readonly string[] {
  const widest = Math.max(0, ...statuses.map(({ task }) => task.id.length));
  return [
    cut(options.title, options.width),
    ...statuses.map((status, index) => {
      const branch = index === statuses.length - 1 ? "└─" : "├─";
      const { mark, colour } = MARKS[status.state];
      const text = cut(`${mark} ${describe(status, options.now, widest)}`, options.width - branch.length - 1);
      return `${branch} ${options.colour ? `\u001b[${colour}m${text}\u001b[0m` : text}`;
    }),
  ];
}

/** One task in one line: `train  12.4 s  note`. */
export function describe({ task, state, startedAt, endedAt, note }: TaskStatus, now: number, width: number): string {
  const time = startedAt === null || state === "kept" ? "" : duration((endedAt ?? now) - startedAt);
  const said = note ?? (isOver(state) || state === "running" ? (state === "passed" ? "" : state) : "");
  return `${task.id.padEnd(width)}  ${time.padStart(10)}  ${said}`.trimEnd();
}

/** `0.4 s`, `12.0 s`, `3 min 05 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
