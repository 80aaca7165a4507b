import type { Ending } from "../user-code/user-command";

/** A server that answers on one address, or is about to. */
export interface RunningServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** `null` for a server that somebody else runs. */
  readonly control: ServerControl | null;
  /** Ends what was started, at once and whatever it is doing; nothing of it is left. */
  stop(): Promise<void>;
}

/** What can be seen of and done to a server by who started it. */
export interface ServerControl {
  /** How it ended; `null` while it runs. */
  ending(): Promise<Ending | null>;
  /** Asks it to end, as an orchestrator does: SIGTERM. */
  terminate(): Promise<void>;
  /** Bytes of memory that it holds with everything it started; `null` where this machine does not tell. */
  memoryBytes(): Promise<number | null>;
  /** The end of what it printed. */
  output(): Promise<string>;
}
