import { createHash } from "node:crypto";

export interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly parent: string | null;
  /** Content by path. */
  readonly tree: ReadonlyMap<string, string>;
}

/** Branches and commits of one repository, as far as the contents API shows them. */
export class GitHistory {
  public readonly branches = new Map<string, string>();
  private readonly commits = new Map<string, Commit>();

  /** A history of one commit, as GitHub's `auto_init` makes it. */
  public constructor(defaultBranch: string) {
    this.branches.set(defaultBranch, this.add(null, new Map([["README.md", "# A model\n"]]), "Initial commit").sha);
  }

  public commit(sha: string): Commit | undefined {
    return this.commits.get(sha);
  }

  public tip(branch: string): Commit | undefined {
    return this.commits.get(this.branches.get(branch) ?? "");
  }

  /** Commits one file; `null` removes it. */
  public write(branch: string, path: string, content: string | null, message: string): Commit {
    const tip = this.tip(branch)!;
    const tree = new Map(tip.tree);
    if (content === null) tree.delete(path);
    else tree.set(path, content);
    return this.advance(branch, tree, message);
  }

  /** One commit that brings what `head` changed since it left `base`, as a squash merge does. */
  public squash(base: string, head: string, message: string): Commit {
    const baseTip = this.tip(base)!;
    const headTip = this.tip(head)!;
    const origin = this.ancestors(headTip).find((commit) => this.ancestors(baseTip).includes(commit))!;
    const tree = new Map(baseTip.tree);
    for (const [path, content] of headTip.tree) if (origin.tree.get(path) !== content) tree.set(path, content);
    for (const path of origin.tree.keys()) if (!headTip.tree.has(path)) tree.delete(path);
    return this.advance(base, tree, message);
  }

  private ancestors(from: Commit): readonly Commit[] {
    const line: Commit[] = [];
    for (let commit: Commit | undefined = from; commit; commit = this.commits.get(commit.parent ?? ""))
      line.push(commit);
    return line;
  }

  private advance(branch: string, tree: ReadonlyMap<string, string>, message: string): Commit {
    const commit = this.add(this.branches.get(branch)!, tree, message);
    this.branches.set(branch, commit.sha);
    return commit;
  }

  private add(parent: string | null, tree: ReadonlyMap<string, string>, message: string): Commit {
    const sha = sha1(JSON.stringify([parent, [...tree], message, this.commits.size]));
    const commit = { sha, message, parent, tree };
    this.commits.set(sha, commit);
    return commit;
  }
}

/** Git's id of a blob. */
export function blobSha(content: string): string {
  return sha1(`blob ${Buffer.byteLength(content)}\0${content}`);
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
