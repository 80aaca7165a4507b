import { type Json, RepositoryState } from "./repository-state";
import { NOT_FOUND, ok, withRepository, type Route } from "./routes";

const REPOSITORY = /^\/repos\/([^/]+)\/([^/]+)$/;

function repositoryJson(repository: RepositoryState): Json {
  const { owner, settings } = repository;
  return {
    id: 7,
    node_id: "R_7",
    full_name: `${owner}/${settings.name}`,
    owner: { login: owner, id: 42 },
    ...settings,
  };
}

export const repositoryRoutes: readonly Route[] = [
  [
    "POST",
    /^\/orgs\/([^/]+)\/repos$/,
    ({ args, body, repositories }) => {
      const settings = {
        default_branch: "main",
        archived: false,
        visibility: "private",
        ...body,
        name: String(body.name),
      };
      const repository = new RepositoryState(args[0]!, settings);
      repositories.set(`${args[0]!}/${settings.name}`, repository);
      return ok(repositoryJson(repository), 201);
    },
  ],
  ["GET", REPOSITORY, withRepository((_, repository) => ok(repositoryJson(repository)))],
  [
    "PATCH",
    REPOSITORY,
    withRepository(({ body }, repository) => {
      repository.settings = { ...repository.settings, ...body };
      return ok(repositoryJson(repository));
    }),
  ],
  [
    "PUT",
    /^\/repos\/([^/]+)\/([^/]+)\/vulnerability-alerts$/,
    withRepository((_, repository) => {
      repository.vulnerabilityAlerts = true;
      return { status: 204 };
    }),
  ],
  [
    "GET",
    /^\/repos\/([^/]+)\/([^/]+)\/vulnerability-alerts$/,
    withRepository((_, repository) => (repository.vulnerabilityAlerts ? { status: 204 } : NOT_FOUND)),
  ],
  [
    "PUT",
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/permissions$/,
    withRepository(({ body }, repository) => {
      repository.actionsPermissions = body;
      return { status: 204 };
    }),
  ],
  [
    "GET",
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/permissions$/,
    withRepository((_, repository) => ok(repository.actionsPermissions)),
  ],
  [
    "PUT",
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/permissions\/selected-actions$/,
    withRepository(({ body }, repository) => {
      repository.selectedActions = body;
      return { status: 204 };
    }),
  ],
  [
    "GET",
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/permissions\/selected-actions$/,
    withRepository((_, repository) => ok(repository.selectedActions)),
  ],
  [
    "PUT",
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/permissions\/workflow$/,
    withRepository(({ body }, repository) => {
      repository.workflowPermissions = body;
      return { status: 204 };
    }),
  ],
  [
    "GET",
    /^\/repos\/([^/]+)\/([^/]+)\/actions\/permissions\/workflow$/,
    withRepository((_, repository) => ok(repository.workflowPermissions)),
  ],
];
