/**
 * The expression language of GitHub Actions as its documentation describes it ("Evaluate expressions in workflows and actions"),
 * written for these tests without a look at the renderer. What is not documented, or not needed, is an error.
 */
export type Data = string | number | boolean | null | { readonly [name: string]: Data };

export interface Scope {
  readonly contexts: Readonly<Record<string, Data>>;
  readonly status: Readonly<Record<StatusFunction, boolean>>;
}

export type StatusFunction = "always" | "cancelled" | "failure" | "success";

type Evaluator = (scope: Scope) => Data;

export interface Expression {
  /** Whether a status function is called anywhere: without one, `success()` is added to a job's condition. */
  readonly asksStatus: boolean;
  readonly evaluate: Evaluator;
}

const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w-]*)|(==|!=|<=|>=|&&|\|\||[!<>().,[\]]))/y;

export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let at = 0;
  let asksStatus = false;
  const peek = (): string | undefined => tokens[at];
  const take = (expected?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`expression ${JSON.stringify(text)}: expected ${expected ?? "more"} at token ${at}`);
    }
    return token;
  };

  const or = (): Evaluator => binary(and, "||", (a, b) => (scope) => (truthy(a(scope)) ? a(scope) : b(scope)));
  const and = (): Evaluator => binary(equality, "&&", (a, b) => (scope) => (truthy(a(scope)) ? b(scope) : a(scope)));
  const equality = (): Evaluator => {
    let left = unary();
    for (let operator = peek(); operator === "==" || operator === "!="; operator = peek()) {
      take();
      const [a, b, wanted] = [left, unary(), operator === "=="];
      left = (scope) => equal(a(scope), b(scope)) === wanted;
    }
    return left;
  };
  const unary = (): Evaluator => {
    if (peek() !== "!") return postfix();
    take();
    const operand = unary();
    return (scope) => !truthy(operand(scope));
  };
  const postfix = (): Evaluator => {
    let value = primary();
    for (let token = peek(); token === "." || token === "["; token = peek()) {
      take();
      const of = value;
      if (token === ".") {
        const name = take();
        value = (scope) => property(of(scope), name);
      } else {
        const index = or();
        take("]");
        value = (scope) => property(of(scope), asText(index(scope)));
      }
    }
    return value;
  };
  const primary = (): Evaluator => {
    const token = take();
    if (token === "(") {
      const inner = or();
      take(")");
      return inner;
    }
    if (token.startsWith("'")) return constant(token.slice(1, -1).replaceAll("''", "'"));
    if (/^-?\d/.test(token)) return constant(Number(token));
    if (token === "true" || token === "false") return constant(token === "true");
    if (token === "null") return constant(null);
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`expression ${JSON.stringify(text)}: unexpected ${token}`);
    return peek() === "(" ? call(token) : (scope) => property(scope.contexts, token);
  };
  const call = (name: string): Evaluator => {
    take("(");
    take(")");
    if (!["always", "cancelled", "failure", "success"].includes(name)) throw new Error(`unknown function ${name}`);
    asksStatus = true;
    return (scope) => scope.status[name as StatusFunction];
  };
  const binary = (
    operand: () => Evaluator,
    operator: string,
    join: (a: Evaluator, b: Evaluator) => Evaluator,
  ): Evaluator => {
    let left = operand();
    while (peek() === operator) {
      take();
      left = join(left, operand());
    }
    return left;
  };

  const evaluate = or();
  if (peek() !== undefined) throw new Error(`expression ${JSON.stringify(text)}: ${peek()} is left over`);
  return { asksStatus, evaluate };
}

/** A condition is an expression with or without `${{ }}` around it. */
export function parseCondition(text: string): Expression {
  return parseExpression(/^\s*\$\{\{(.*)\}\}\s*$/s.exec(text)?.[1] ?? text);
}

/** A text with any number of `${{ }}` in it. */
export function parseInterpolation(text: string): (scope: Scope) => string {
  const parts = text.split(/\$\{\{(.*?)\}\}/s).map((part, index) => (index % 2 === 0 ? part : parseExpression(part)));
  return (scope) => parts.map((part) => (typeof part === "string" ? part : asText(part.evaluate(scope)))).join("");
}

export function truthy(value: Data): boolean {
  return !(value === null || value === false || value === 0 || value === "" || Number.isNaN(value));
}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`expression ${JSON.stringify(text)}: cannot read from ${from}`);
    tokens.push(match[0].trim());
  }
  return tokens;
}

function constant(value: Data): Evaluator {
  return () => value;
}

/** What is not there is null, which is written as nothing. */
function property(of: Data, name: string): Data {
  if (typeof of !== "object" || of === null) return null;
  return Object.hasOwn(of, name) ? of[name]! : null;
}

/** Strings are compared regardless of case; values of different types as numbers. */
function equal(a: Data, b: Data): boolean {
  if (typeof a === "string" && typeof b === "string") return a.toLowerCase() === b.toLowerCase();
  if (a === null && b === null) return true;
  if (typeof a === typeof b && typeof a !== "object") return a === b;
  const [x, y] = [asNumber(a), asNumber(b)];
  return x === y;
}

function asNumber(value: Data): number {
  if (value === null) return 0;
  if (typeof value === "object") return NaN;
  if (typeof value === "string") return value.trim() === "" ? 0 : Number(value);
  return Number(value);
}

function asText(value: Data): string {
  if (value === null) return "";
  return typeof value === "object" ? "Object" : String(value);
}
