import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { canonicalText } from "../../blueprint/manifest/canonical-text";
import type { Problems } from "../../blueprint/problems";
import type { DeliverableFile, DeliverableRuntime } from "../../blueprint/targets";
import { runtimeLock, type PackageLock } from "./runtime-lock";

/** Where the runtime's files stand in the model repository. */
const FOLDER = ".slipway/runtime";
const VENDORED_PACKAGE = "slipway.tgz";

/** A runtime ready to be delivered, and how the manifest names it. */
export interface LoadedRuntime extends DeliverableRuntime {
  readonly version: string;
  readonly integrity: string;
}

/**
 * The Slipway command that jobs install: exactly one version of it and of everything it depends on, each pinned by integrity,
 * install scripts off.
 */
export class JobRuntime {
  /**
   * The versions that the platform's program has installed itself.
   *
   * @param path - the program's package-lock.json, relative to the folder of cdktf.json
   * @default path - "package-lock.json"
   */
  public static fromLockfile(path = "package-lock.json"): JobRuntime {
    return new JobRuntime(path, null);
  }

  /**
   * A packed Slipway, delivered inside the model repository: for versions that no registry has. Its dependencies come from the
   * program's package-lock.json.
   *
   * @param tarball - what `npm pack` wrote, relative to the folder of cdktf.json
   * @param lockfile - the program's package-lock.json, relative to the same folder
   * @default lockfile - "package-lock.json"
   */
  public static vendored(tarball: string, lockfile = "package-lock.json"): JobRuntime {
    return new JobRuntime(lockfile, tarball);
  }

  private constructor(
    private readonly lockfile: string,
    private readonly tarball: string | null,
  ) {}

  /** @internal Reads and checks it; `null` when a problem was added. */
  public load(folder: string, problems: Problems): LoadedRuntime | null {
    const lockText = this.read(folder, this.lockfile, problems);
    const tarball = this.tarball === null ? null : this.read(folder, this.tarball, problems);
    if (lockText === null || (this.tarball !== null && tarball === null)) return null;
    let lock: PackageLock;
    try {
      lock = JSON.parse(lockText.toString("utf8")) as PackageLock;
    } catch {
      problems.add("runtime", this.lockfile, "is not JSON", "Name the program's package-lock.json.");
      return null;
    }
    const vendored = tarball && {
      resolved: `file:${VENDORED_PACKAGE}`,
      integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    };
    const runtime = runtimeLock(lock, vendored, problems);
    if (runtime === null) return null;
    const runtimeLockText = canonicalText(runtime.lock);
    const files: DeliverableFile[] = [
      { path: `${FOLDER}/package.json`, content: canonicalText(runtime.manifest) },
      { path: `${FOLDER}/package-lock.json`, content: runtimeLockText },
      ...(tarball ? [{ path: `${FOLDER}/${VENDORED_PACKAGE}.b64`, content: base64Lines(tarball) }] : []),
    ];
    return {
      version: runtime.version,
      integrity: runtime.integrity,
      files,
      vendoredPackage: tarball && VENDORED_PACKAGE,
      lockSha256: createHash("sha256").update(runtimeLockText, "utf8").digest("hex"),
    };
  }

  private read(folder: string, path: string, problems: Problems): Buffer | null {
    try {
      return readFileSync(resolve(folder, path));
    } catch {
      problems.add(
        "runtime",
        path,
        `is not in ${dirname(resolve(folder, path))}`,
        this.tarball === path
          ? "Pack it first: `npm pack`."
          : "Run `npm install`, or name the lock file: JobRuntime.fromLockfile(path).",
      );
      return null;
    }
  }
}

function base64Lines(bytes: Buffer): string {
  return `${bytes.toString("base64").replace(/.{76}/g, "$&\n").trimEnd()}\n`;
}
