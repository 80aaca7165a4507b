import { appendFileSync } from "node:fs";
import type { Variables } from "../command-context";

/** Where text goes; the process's streams, or buffers in a test. */
export interface Streams {
  stdout(text: string): void;
  stderr(text: string): void;
}

/**
 * What a command says and to whom: results to stdout, progress to stderr, one JSON document on stdout with `--json`, and a Markdown
 * summary where the engine shows one.
 */
export class Output {
  public constructor(
    private readonly streams: Streams,
    /** Whether stdout carries one JSON document and nothing else. */
    public readonly json: boolean,
    private readonly env: Variables,
  ) {}

  /** A line of the result, for people; silent with `--json`. */
  public say(line: string): void {
    if (!this.json) this.streams.stdout(`${line}\n`);
  }

  /** A line about work under way, for people; always on stderr. */
  public progress(line: string): void {
    this.streams.stderr(`${line}\n`);
  }

  /** Adds Markdown to the job's summary: appended to `$GITHUB_STEP_SUMMARY` where there is one. */
  public summary(markdown: string): void {
    const file = this.env.GITHUB_STEP_SUMMARY;
    if (file !== undefined && file !== "") appendFileSync(file, `${markdown.trimEnd()}\n\n`);
  }

  /** The one JSON document; only the frame calls it. */
  public document(value: unknown): void {
    if (this.json) this.streams.stdout(`${JSON.stringify(value, null, 2)}\n`);
  }
}
