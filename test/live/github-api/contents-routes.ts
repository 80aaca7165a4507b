import { blobSha, type Commit } from "./git-history";
import type { PullRequest, RepositoryState } from "./repository-state";
import { NOT_FOUND, ok, withRepository, type Answer, type Call, type Route } from "./routes";

const CONTENTS = /^\/repos\/([^/]+)\/([^/]+)\/contents\/(.+)$/;
const PULL = /^\/repos\/([^/]+)\/([^/]+)\/pulls\/(\d+)$/;

export const contentsRoutes: readonly Route[] = [
  [
    "GET",
    /^\/repos\/([^/]+)\/([^/]+)\/branches\/(.+)$/,
    withRepository(({ args }, { git }) => {
      const tip = git.tip(args[2]!);
      return tip === undefined ? NOT_FOUND : ok({ name: args[2], commit: commitJson(tip) });
    }),
  ],
  [
    "GET",
    /^\/repos\/([^/]+)\/([^/]+)\/git\/ref\/heads\/(.+)$/,
    withRepository(({ args }, { git }) => {
      const tip = git.tip(args[2]!);
      return tip === undefined
        ? NOT_FOUND
        : ok({ ref: `refs/heads/${args[2]!}`, object: { type: "commit", sha: tip.sha } });
    }),
  ],
  [
    "POST",
    /^\/repos\/([^/]+)\/([^/]+)\/git\/refs$/,
    withRepository(({ body }, { git }) => {
      const branch = String(body.ref).replace("refs/heads/", "");
      if (git.branches.has(branch)) return { status: 422, body: { message: "Reference already exists" } };
      if (git.commit(String(body.sha)) === undefined)
        return { status: 422, body: { message: "Object does not exist" } };
      git.branches.set(branch, String(body.sha));
      return ok({ ref: body.ref, object: { type: "commit", sha: body.sha } }, 201);
    }),
  ],
  [
    "GET",
    /^\/repos\/([^/]+)\/([^/]+)\/commits\/([^/]+)$/,
    withRepository(({ args }, { git }) => {
      const commit = git.commit(args[2]!);
      return commit === undefined ? NOT_FOUND : ok(commitJson(commit));
    }),
  ],
  ["GET", CONTENTS, withRepository(readContent)],
  ["PUT", CONTENTS, withRepository((call, repository) => writeContent(call, repository, String(call.body.content)))],
  ["DELETE", CONTENTS, withRepository((call, repository) => writeContent(call, repository, null))],
  ["POST", /^\/repos\/([^/]+)\/([^/]+)\/pulls$/, withRepository(openPullRequest)],
  [
    "GET",
    PULL,
    withRepository(({ args }, repository) => {
      const pull = repository.pulls.get(Number(args[2]));
      return pull === undefined ? NOT_FOUND : ok(pullJson(pull, repository));
    }),
  ],
  [
    "PATCH",
    PULL,
    withRepository(({ args, body }, repository) => {
      const pull = { ...repository.pulls.get(Number(args[2]))!, ...body };
      repository.pulls.set(pull.number, pull);
      return ok(pullJson(pull, repository));
    }),
  ],
];

function readContent({ args, query, url }: Call, { git, settings }: RepositoryState): Answer {
  const ref = query.get("ref") ?? settings.default_branch;
  const content = git.tip(ref)?.tree.get(args[2]!);
  if (content === undefined) return NOT_FOUND;
  return ok({
    type: "file",
    path: args[2],
    sha: blobSha(content),
    encoding: "base64",
    content: Buffer.from(content, "utf8").toString("base64"),
    url: `${url}/repos/contents/${args[2]!}?ref=${encodeURIComponent(ref)}`,
  });
}

/** Whoever writes or removes a file names the blob that is there, and is held against the rulesets. */
function writeContent({ args, body, actor }: Call, repository: RepositoryState, base64: string | null): Answer {
  const { git, settings } = repository;
  const branch = typeof body.branch === "string" ? body.branch : settings.default_branch;
  const path = args[2]!;
  const tip = git.tip(branch);
  if (tip === undefined) return { status: 404, body: { message: `Branch ${branch} not found` } };
  const refusal = repository.refusal(branch, actor);
  if (refusal !== null) return { status: 409, body: { message: refusal } };
  const present = tip.tree.get(path);
  const sha = present === undefined ? undefined : blobSha(present);
  if (sha !== body.sha) {
    return present === undefined || body.sha === undefined
      ? { status: 422, body: { message: `Invalid request. "sha" wasn't supplied or names no file at ${path}.` } }
      : { status: 409, body: { message: `${path} does not match the given sha` } };
  }
  const content = base64 === null ? null : Buffer.from(base64, "base64").toString("utf8");
  const commit = git.write(branch, path, content, String(body.message));
  return ok(
    { content: content === null ? null : { path, sha: blobSha(content) }, ...commitJson(commit).response },
    201,
  );
}

function openPullRequest({ body }: Call, repository: RepositoryState): Answer {
  const head = String(body.head);
  const base = String(body.base);
  const { git, pulls } = repository;
  if (git.tip(head) === undefined || git.branches.get(head) === git.branches.get(base)) {
    return { status: 422, body: { message: `No commits between ${base} and ${head}` } };
  }
  const pull: PullRequest = { ...body, number: pulls.size + 1, title: String(body.title), head, base, state: "open" };
  pulls.set(pull.number, pull);
  return ok(pullJson(pull, repository), 201);
}

function pullJson(pull: PullRequest, { git }: RepositoryState): object {
  return {
    ...pull,
    head: { ref: pull.head, sha: git.branches.get(pull.head) ?? "" },
    base: { ref: pull.base, sha: git.branches.get(pull.base) ?? "" },
    user: { login: "platform[bot]" },
    labels: [],
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
  };
}

function commitJson({ sha, message }: Commit) {
  const commit = { message, committer: { name: "GitHub", email: "noreply@github.com" } };
  return { sha, commit, files: [], response: { commit: { sha, message } } };
}
