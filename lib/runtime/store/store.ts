import { InvalidInputError } from "../../blueprint/problems";
import { pathFault, type FolderFile } from "../handoff/folder-digest";

/** A file on disk whose content is known: what a store is given to keep. */
export interface KnownFile extends Pick<FolderFile, "size" | "sha256"> {
  /** Where it stands now. */
  readonly path: string;
}

/** Whether this call wrote the object or found one under the key; nothing is ever overwritten. */
export type PutOutcome = "written" | "existed";

/**
 * Keeps models, evidence and promotion records write-once. Keys are relative paths with `/`. An object is either absent or whole:
 * no reader sees a part of one, and of any number of writers of one key exactly one is told `written`.
 */
export interface Store {
  /** For messages, for example `file:///srv/models` or `s3://bucket/prefix`. */
  readonly location: string;
  putOnce(key: string, content: Uint8Array): Promise<PutOutcome>;
  /** As {@link putOnce}, streamed from disk. */
  putFileOnce(key: string, file: KnownFile): Promise<PutOutcome>;
  /** `null` when there is no such object. For documents; models are downloaded. */
  get(key: string): Promise<Uint8Array | null>;
  /** Writes the object to a new file; `false` when there is no such object. */
  download(key: string, file: string): Promise<boolean>;
  /** All keys that start with the prefix, in codepoint order. */
  list(prefix: string): Promise<readonly string[]>;
}

/** @throws InvalidInputError when a key could leave the store */
export function checkKey(key: string): void {
  const fault = pathFault(key);
  if (fault === null) return;
  throw new InvalidInputError("store", [
    { path: "key", value: key, says: fault, remedy: "Use a relative path with /." },
  ]);
}
