import type { Variables } from "../../command-context";
import type { RunningServer } from "../running-server";

/** What is checked: something that servers of a model can be started from, or one that runs already. */
export interface ServedTarget {
  /** For messages. */
  readonly name: string;
  /** Digest of the model it serves; `null` when nobody here knows it. */
  readonly modelDigest: string | null;
  /** Starts a server that is told the given variables of the serving contract. */
  start(settings: Variables): Promise<RunningServer>;
  /** Starts one whose model folder is not what its digest says; `null` where a server cannot be started. */
  startChanged: ((settings: Variables) => Promise<RunningServer>) | null;
}
