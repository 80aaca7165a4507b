import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseExpression, type Data, type Scope } from "../renderers/github/actions-model/expression";
import { bundleModule } from "./bundle-module";

/**
 * The model by which soundness is judged evaluates expressions by itself. Here it is held against GitHub's own evaluator, over the
 * part of the language that it knows; status functions are GitHub's server's, and no part of that package.
 */
describe("the model of expressions", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-expressions-"));
  let evaluateByGitHub: (text: string) => unknown;

  beforeAll(() => {
    const github = bundleModule("@actions/expressions", folder) as GitHubExpressions;
    const context = dataOf(github, CONTEXTS);
    evaluateByGitHub = (text) => {
      const { tokens } = new github.Lexer(text).lex();
      const expression = new github.Parser(tokens, Object.keys(CONTEXTS), []).parse();
      return plain(new github.Evaluator(expression, context).evaluate());
    };
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("evaluates as GitHub's own evaluator does", () => {
    fc.assert(
      fc.property(expression, (text) => {
        expect({ text, value: own(text) }).toEqual({ text, value: evaluateByGitHub(text) });
      }),
      { numRuns: 10_000 },
    );
  });
});

const CONTEXTS: Readonly<Record<string, Data>> = {
  github: { ref: "refs/heads/main", event_name: "push", event: { schedule: null } },
  needs: { detect: { result: "success", outputs: { due: "true", "due-twice": "" } } },
};

const SCOPE: Scope = { contexts: CONTEXTS, status: { always: true, cancelled: false, failure: false, success: true } };

const leaf = fc.oneof(
  fc.constantFrom("true", "false", "null", "0", "1", "-1", "2.5", "''", "'true'", "'TRUE'", "'it''s'", "'1'", "' '"),
  fc.constantFrom(
    "github.ref",
    "github['ref']",
    "github.event.schedule",
    "github.nothing",
    "needs.detect.outputs.due",
    "needs.detect.outputs.due-twice",
    "needs.detect.outputs['due']",
    "needs.nobody.outputs.due",
    "needs.detect.result",
  ),
);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small" },
    leaf,
    tie("expression").map((inner) => `(${inner})`),
    tie("expression").map((inner) => `!(${inner})`),
    fc.tuple(leaf, fc.constantFrom("==", "!="), leaf).map((parts) => parts.join(" ")),
    fc.tuple(tie("expression"), fc.constantFrom("&&", "||"), tie("expression")).map((parts) => parts.join(" ")),
  ),
}));

function own(text: string): unknown {
  const value = parseExpression(text).evaluate(SCOPE);
  return typeof value === "object" && value !== null ? "object" : value;
}

interface GitHubExpressions {
  readonly Lexer: new (text: string) => { lex(): { tokens: object } };
  readonly Parser: new (
    tokens: object,
    contexts: readonly string[],
    functions: readonly object[],
  ) => { parse(): object };
  readonly Evaluator: new (expression: object, context: object) => { evaluate(): GitHubData };
  readonly data: {
    readonly Dictionary: new (...pairs: { readonly key: string; readonly value: object }[]) => object;
    readonly StringData: new (value: string) => object;
    readonly Null: new () => object;
  };
}

interface GitHubData {
  readonly primitive: boolean;
  readonly value?: unknown;
}

function dataOf(github: GitHubExpressions, value: Data): object {
  const { Dictionary, StringData, Null } = github.data;
  if (value === null) return new Null();
  if (typeof value === "string") return new StringData(value);
  const entries = Object.entries(value as Readonly<Record<string, Data>>);
  return new Dictionary(...entries.map(([key, each]) => ({ key, value: dataOf(github, each) })));
}

function plain(data: GitHubData): unknown {
  if (!data.primitive) return "object";
  return data.value ?? null;
}
