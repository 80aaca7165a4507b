import { contentsRoutes } from "./contents-routes";
import { environmentRoutes } from "./environment-routes";
import type { Actor, Json, RepositoryState } from "./repository-state";
import { repositoryRoutes } from "./repository-routes";
import { rulesetRoutes } from "./ruleset-routes";

/** A call of the API, taken apart. */
export interface Call {
  readonly actor: Actor;
  readonly body: Json;
  readonly query: URLSearchParams;
  /** What the pattern's groups matched, decoded. */
  readonly args: readonly string[];
  readonly repositories: Map<string, RepositoryState>;
  readonly url: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export type Route = readonly [method: string, pattern: RegExp, handle: (call: Call) => Answer];

export const ROUTES: readonly Route[] = [
  ...repositoryRoutes,
  ...contentsRoutes,
  ...environmentRoutes,
  ...rulesetRoutes,
  ["GET", /^\/orgs\/([^/]+)$/, ({ args }) => ok({ login: args[0], id: 42 })],
  ["GET", /^\/orgs\/[^/]+\/teams\/([^/]+)$/, ({ args }) => ok({ id: idOf(args[0]!), slug: args[0], name: args[0] })],
  ["GET", /^\/users\/([^/]+)$/, ({ args }) => ok({ id: idOf(args[0]!), login: args[0] })],
  ["GET", /^\/users\/[^/]+\/(?:gpg_)?keys$/, () => ok([])],
];

export function ok(body: unknown, status = 200): Answer {
  return { status, body };
}

export const NOT_FOUND: Answer = { status: 404, body: { message: "Not Found" } };

/** The repository that a route's first two groups name. */
export function withRepository(handle: (call: Call, repository: RepositoryState) => Answer) {
  return (call: Call): Answer => {
    const repository = call.repositories.get(`${call.args[0]!}/${call.args[1]!}`);
    return repository === undefined ? NOT_FOUND : handle(call, repository);
  };
}

/** Any number, the same for the same name. */
function idOf(name: string): number {
  return Buffer.from(name).reduce((id, byte) => (id * 7 + byte) % 1_000_003, 11);
}
