import type { Ruleset } from "./repository-state";
import { NOT_FOUND, ok, withRepository, type Route } from "./routes";

const RULESET = /^\/repos\/([^/]+)\/([^/]+)\/rulesets\/(\d+)$/;

export const rulesetRoutes: readonly Route[] = [
  [
    "POST",
    /^\/repos\/([^/]+)\/([^/]+)\/rulesets$/,
    withRepository(({ body }, repository) => {
      if ([...repository.rulesets.values()].some(({ name }) => name === body.name)) {
        return { status: 422, body: { message: "Name must be unique" } };
      }
      const ruleset = { ...body, id: repository.nextId() } as Ruleset;
      repository.rulesets.set(ruleset.id, ruleset);
      return ok(ruleset, 201);
    }),
  ],
  [
    "GET",
    RULESET,
    withRepository(({ args }, { rulesets }) => {
      const ruleset = rulesets.get(Number(args[2]));
      return ruleset === undefined ? NOT_FOUND : ok(ruleset);
    }),
  ],
  [
    "PUT",
    RULESET,
    withRepository(({ args, body }, { rulesets }) => {
      const ruleset = { ...body, id: Number(args[2]) } as Ruleset;
      rulesets.set(ruleset.id, ruleset);
      return ok(ruleset);
    }),
  ],
  [
    "DELETE",
    RULESET,
    withRepository(({ args }, { rulesets }) => {
      rulesets.delete(Number(args[2]));
      return { status: 204 };
    }),
  ],
];
