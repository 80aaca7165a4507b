import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ReleaseManifest } from "../../lib/blueprint/manifest/release-manifest";
import type { HandoffName } from "../../lib/jobs/job";
import { commandLine } from "../../lib/runtime/command-line";
import type { Variables } from "../../lib/runtime/command-context";
import { digestFolder } from "../../lib/runtime/handoff/folder-digest";
import { fullParts } from "../blueprint/manifest/a-release-manifest";

/** What one call of the command left behind. */
export interface Called {
  readonly exitCode: number;
  /** The document of `--json`. */
  readonly document: Record<string, unknown> & {
    readonly error?: { readonly check?: string; readonly message?: string };
  };
  readonly stderr: string;
}

/** A model repository in a temporary folder, with a manifest, a lock file and a working folder. */
export class ModelRepository {
  public readonly folder = mkdtempSync(join(tmpdir(), "slipway-repository-"));
  public readonly work = join(this.folder, ".slipway-run", "current");
  public readonly manifest: ReleaseManifest;
  public now = new Date("2026-03-01T12:00:00Z");

  public constructor(
    pipeline: Partial<ReleaseManifest["pipeline"]> = {},
    parts: Partial<Pick<ReleaseManifest, "policy" | "repository">> = {},
  ) {
    this.manifest = {
      kind: "slipway.release-manifest",
      version: 1,
      ...fullParts,
      ...parts,
      // Most commands are about models alone.
      pipeline: { ...fullParts.pipeline, packaging: null, ...pipeline },
    };
    this.write(`.slipway/${this.manifest.pipeline.name}.json`, JSON.stringify(this.manifest));
    this.write("uv.lock", "version = 1\n");
  }

  public write(path: string, content: string | Buffer): string {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  /** Puts a file into a hand-off of the working folder. */
  public put(handoff: HandoffName, path: string, content: string | Buffer): string {
    return this.write(join(".slipway-run/current", handoff, path), content);
  }

  public async digest(handoff: HandoffName): Promise<string> {
    return (await digestFolder(join(this.work, handoff))).digest;
  }

  /** Calls the command in this process, with the given variables and PATH only. */
  public async slipway(args: readonly string[], env: Variables = {}): Promise<Called> {
    let stdout = "";
    let stderr = "";
    const exitCode = await commandLine([...args, "--json"], {
      directory: this.folder,
      env: { PATH: process.env.PATH, ...env },
      streams: { stdout: (text) => (stdout += text), stderr: (text) => (stderr += text) },
      now: () => this.now,
    });
    return { exitCode, document: stdout === "" ? {} : (JSON.parse(stdout) as Called["document"]), stderr };
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
