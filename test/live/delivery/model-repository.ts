import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A git repository with the example's model in it, as a data scientist has it checked out. */
export class ModelRepository {
  public readonly folder = mkdtempSync(join(tmpdir(), "slipway-model-repository-"));

  public constructor(files: ReadonlyMap<string, string>) {
    cpSync("examples/insurance-risk/repository", this.folder, {
      recursive: true,
      filter: (path) => !/claims\.parquet$|__pycache__|\.slipway-run/.test(path),
    });
    this.git("init", "--quiet", "--initial-branch", "main");
    this.git("remote", "add", "origin", "https://github.com/acme/insurance-risk.git");
    this.deliver(files);
    this.commit("Deliver Slipway pipeline insurance-risk");
  }

  /** Puts files where `terraform apply` would put them. */
  public deliver(files: ReadonlyMap<string, string>): void {
    for (const [path, content] of files) this.write(path, content);
  }

  public write(path: string, content: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Replaces text in a file; a text that is not there is a mistake of the test's. */
  public edit(path: string, from: string, to: string): void {
    const content = readFileSync(join(this.folder, path), "utf8");
    if (!content.includes(from)) throw new Error(`${path} does not contain ${JSON.stringify(from)}`);
    this.write(
      path,
      content.replace(from, () => to),
    );
  }

  public commit(message: string): void {
    this.git("add", "--all");
    this.git("-c", "user.name=Data scientist", "-c", "user.email=ds@example.com", "commit", "--quiet", "-m", message);
  }

  /** Makes one change in a commit of its own, lets `run` see it, and takes it back. */
  public async during<T>(change: () => void, run: () => Promise<T>): Promise<T> {
    const before = this.git("rev-parse", "HEAD").trim();
    change();
    this.commit("Change the model");
    try {
      return await run();
    } finally {
      this.git("reset", "--quiet", "--hard", before);
    }
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.folder, encoding: "utf8" });
  }
}
