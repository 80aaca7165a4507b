import { describe, renderTree } from "./progress-tree";
import type { TaskStatus } from "./task";

/** Where progress is shown. */
export interface Screen {
  write(text: string): void;
  /** Columns of a terminal; `null`: no terminal, plain lines. */
  readonly columns: number | null;
}

/** Shows how a run goes: a tree that redraws itself on a terminal, one line per change elsewhere. */
export interface Progress {
  show(statuses: readonly TaskStatus[]): void;
  /** Leaves the last picture standing; further calls do nothing. */
  end(): void;
}

export function progressOn(screen: Screen, title: string, colour: boolean, now: () => number): Progress {
  return screen.columns === null ? new Lines(screen, now) : new LiveTree(screen, screen.columns, title, colour, now);
}

/** Milliseconds between two pictures while nothing changes but the clock. */
const REDRAW_EVERY = 200;

class LiveTree implements Progress {
  private drawn = 0;
  private over = false;
  private latest: readonly TaskStatus[] = [];
  private readonly timer: NodeJS.Timeout;

  public constructor(
    private readonly screen: Screen,
    private readonly columns: number,
    private readonly title: string,
    private readonly colour: boolean,
    private readonly now: () => number,
  ) {
    this.timer = setInterval(() => {
      this.draw();
    }, REDRAW_EVERY);
  }

  public show(statuses: readonly TaskStatus[]): void {
    this.latest = statuses;
    this.draw();
  }

  public end(): void {
    if (this.over) return;
    this.over = true;
    clearInterval(this.timer);
    this.draw();
  }

  private draw(): void {
    const { title, colour, columns: width } = this;
    const lines = renderTree(this.latest, { title, colour, width, now: this.now() });
    const up = this.drawn === 0 ? "" : `\u001b[${this.drawn}A`;
    this.screen.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join("")}`);
    this.drawn = lines.length;
  }
}

class Lines implements Progress {
  private readonly said = new Map<string, string>();

  public constructor(
    private readonly screen: Screen,
    private readonly now: () => number,
  ) {}

  public show(statuses: readonly TaskStatus[]): void {
    for (const status of statuses) {
      if (status.state === (this.said.get(status.task.id) ?? "waiting")) continue;
      this.said.set(status.task.id, status.state);
      // What has only begun has no duration yet, and this line is never drawn again.
      const startedAt = status.state === "running" ? null : status.startedAt;
      const line = describe({ ...status, startedAt, note: null }, this.now(), 0);
      const note = status.note === null ? "" : `: ${status.note}`;
      this.screen.write(`${line}${status.state === "passed" ? " passed" : ""}${note}\n`);
    }
  }

  public end(): void {
    // Every change was said when it happened.
  }
}
