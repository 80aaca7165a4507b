import type { Environment, Json, RepositoryState } from "./repository-state";
import { NOT_FOUND, ok, withRepository, type Answer, type Call, type Route } from "./routes";

const ENVIRONMENT = /^\/repos\/([^/]+)\/([^/]+)\/environments\/([^/]+)$/;
const POLICIES = /^\/repos\/([^/]+)\/([^/]+)\/environments\/([^/]+)\/deployment-branch-policies(?:\/(\d+))?$/;
const VARIABLES = /^\/repos\/([^/]+)\/([^/]+)\/environments\/([^/]+)\/variables(?:\/([^/]+))?$/;

export const environmentRoutes: readonly Route[] = [
  [
    "PUT",
    ENVIRONMENT,
    withRepository(({ args, body }, { environments }) => {
      const before = environments.get(args[2]!);
      const environment = {
        policies: new Map<number, Json>(),
        variables: new Map<string, string>(),
        ...before,
        settings: body,
      };
      environments.set(args[2]!, environment);
      return ok(environmentJson(args[2]!, environment));
    }),
  ],
  ["GET", ENVIRONMENT, inEnvironment(({ args }, environment) => ok(environmentJson(args[2]!, environment)))],
  [
    "DELETE",
    ENVIRONMENT,
    withRepository(({ args }, { environments }) => {
      environments.delete(args[2]!);
      return { status: 204 };
    }),
  ],
  [
    "POST",
    POLICIES,
    inEnvironment(({ body }, { policies }, repository) => {
      const policy = { ...body, id: repository.nextId() };
      policies.set(policy.id, policy);
      return ok(policy);
    }),
  ],
  ["GET", POLICIES, inEnvironment(({ args }, { policies }) => found(policies.get(Number(args[3]))))],
  [
    "DELETE",
    POLICIES,
    inEnvironment(({ args }, { policies }) => {
      policies.delete(Number(args[3]));
      return { status: 204 };
    }),
  ],
  [
    "POST",
    VARIABLES,
    inEnvironment(({ body }, { variables }) => {
      if (variables.has(String(body.name))) return { status: 409, body: { message: "Already exists" } };
      variables.set(String(body.name), String(body.value));
      return { status: 201 };
    }),
  ],
  [
    "PATCH",
    VARIABLES,
    inEnvironment(({ args, body }, { variables }) => {
      variables.set(args[3]!, String(body.value));
      return { status: 204 };
    }),
  ],
  [
    "GET",
    VARIABLES,
    inEnvironment(({ args }, { variables }) => {
      const value = variables.get(args[3]!);
      const at = "2026-01-01T00:00:00Z";
      return value === undefined ? NOT_FOUND : ok({ name: args[3], value, created_at: at, updated_at: at });
    }),
  ],
  [
    "DELETE",
    VARIABLES,
    inEnvironment(({ args }, { variables }) => {
      variables.delete(args[3]!);
      return { status: 204 };
    }),
  ],
];

function inEnvironment(handle: (call: Call, environment: Environment, repository: RepositoryState) => Answer) {
  return withRepository((call, repository) => {
    const environment = repository.environments.get(call.args[2]!);
    return environment === undefined ? NOT_FOUND : handle(call, environment, repository);
  });
}

function found(body: unknown): Answer {
  return body === undefined ? NOT_FOUND : ok(body);
}

/** GitHub answers with protection rules where it was asked with reviewers. */
function environmentJson(name: string, { settings }: Environment): Json {
  const reviewers = (settings.reviewers ?? []) as readonly { type: string; id: number }[];
  return {
    name,
    can_admins_bypass: settings.can_admins_bypass,
    deployment_branch_policy: settings.deployment_branch_policy,
    protection_rules:
      reviewers.length === 0
        ? []
        : [
            {
              id: 1,
              type: "required_reviewers",
              prevent_self_review: settings.prevent_self_review,
              reviewers: reviewers.map(({ type, id }) => ({ type, reviewer: { id } })),
            },
          ],
  };
}
