import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { stringFormatPattern } from "../../../lib/blueprint/contract/formats";
import { translatePattern } from "../../../lib/blueprint/contract/pattern";
import { quoteText } from "../../../lib/runtime/duckdb/literals";
import { DuckDbSession } from "../../../lib/runtime/duckdb/session";

const temporary = mkdtempSync(join(tmpdir(), "slipway-pattern-"));
let session: DuckDbSession;
beforeAll(async () => {
  session = await DuckDbSession.open({ temporary });
});
afterAll(async () => {
  await session.close();
  rmSync(temporary, { recursive: true, force: true });
});

async function matches(re2: string, texts: readonly string[]): Promise<readonly unknown[]> {
  const rows = await session.rows(
    `SELECT regexp_matches(t, ${quoteText(re2)}) AS m FROM unnest([${texts.map(quoteText).join(", ")}]) u(t)`,
  );
  return rows.map((row) => row.m);
}

/** Pieces of patterns that ECMA-262 and RE2 read differently when copied as they are. */
const atom = fc.oneof(
  fc.constantFrom("a", "B", "7", "_", "é", "日", " ", "\\n", "\\t", "\\.", "\\/", "\\-", "\\$", "\\\\"),
  fc.constantFrom(".", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\x61", "\\u65e5", "\\cJ", "[\\0]"),
  fc.constantFrom(
    "[a-z]",
    "[^a-z]",
    "[\\s\\d]",
    "[\\S]",
    "[^\\S]",
    "[[a]",
    "[\\b]",
    "[]",
    "[^]",
    "[&&a]",
    "[a\\]]",
    "[~^]",
  ),
  fc.constantFrom("^", "$", "\\b"),
);
const pattern = fc
  .array(
    fc.oneof(
      atom,
      fc
        .tuple(atom, fc.constantFrom("*", "+", "?", "{2}", "{0,3}", "*?"))
        .map(([a, q]) => (/^(\^|\$|\\b)$/.test(a) ? a : a + q)),
      fc.tuple(atom, atom).map(([a, b]) => `(?:${a}|${b})`),
      fc.tuple(atom, atom).map(([a, b]) => `(${a}${b})`),
      atom.map((a) => `(?<name>${a})`),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => {
    try {
      return Boolean(new RegExp(text));
    } catch {
      return false;
    }
  });
const text = fc.string({
  unit: fc.constantFrom("a", "b", "B", "7", "_", "é", "日", " ", "\n", "\r", "\t", "\v", "\u00a0", "\u2028", "\ufeff", "\b", "[", "]", "&", "~", "^", "-", ".", "/", "$", "\\"), // prettier-ignore
  maxLength: 6,
});

test("a translated pattern matches the same texts in DuckDB as in ECMA-262", async () => {
  await fc.assert(
    fc.asyncProperty(pattern, fc.array(text, { minLength: 1, maxLength: 12 }), async (source, texts) => {
      const translated = translatePattern(source);
      if (!("re2" in translated)) throw new Error(`${source} ${translated.says}`);
      const expected = texts.map((each) => new RegExp(source).test(each));
      expect(await matches(translated.re2, texts)).toEqual(expected);
    }),
    { numRuns: 600 },
  );
});

test("characters beyond the first plane count as one", async () => {
  const translated = translatePattern("^.\\ud83d\\ude00[^a]$");
  expect(translated).toHaveProperty("re2");
  expect(await matches((translated as { re2: string }).re2, ["🚢😀日", "ab😀日", "🚢😀"])).toEqual([
    true,
    false,
    false,
  ]);
});

test.each([
  ["(?=a)", "looks ahead or behind"],
  ["(?<!a)b", "looks ahead or behind"],
  ["(a)\\1", "refers back"],
  ["(?<x>a)\\k<x>", "refers back"],
  ["a\\Bb", "inside of a word"],
  ["a{1001}", "more than 1000"],
  ["(a", "is not a regular expression"],
  ["(?i)a", "is not a regular expression"],
  ["\\p{Script=Greek}", "Unicode property"],
  ["\\q", "no meaning"],
  ["\\ud83d", "half a character"],
])("%s is named as what cannot be run", (source, says) => {
  const translated = translatePattern(source);
  expect("says" in translated && translated.says).toContain(says);
});

test.each([
  ["email", ["ada@example.com", "a.b+c@x-1.org"], ["ada", "@example.com", "a b@x.org", "ada@-x.org"]],
  [
    "uuid",
    ["123e4567-e89b-12d3-a456-426614174000"],
    ["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
  ],
  ["uri", ["https://example.com/a?b=c#d", "urn:isbn:1"], ["example.com", "https://a b"]],
  ["hostname", ["example.com", "localhost", "a-1.b"], ["-a.com", "a..b", "a_b", ""]],
  ["ipv4", ["0.0.0.0", "192.168.1.255"], ["256.1.1.1", "1.2.3", "01.2.3.4"]],
  ["ipv6", ["::", "::1", "2001:db8::8a2e:370:7334", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "fe80::"], ["1::2::3", ":::", "1:2:3", "12345::", "1:2:3:4:5:6:7:8:9"]], // prettier-ignore
])("format %s", async (format, good, bad) => {
  const re2 = stringFormatPattern(format)!;
  expect(await matches(re2, good)).toEqual(good.map(() => true));
  expect(await matches(re2, bad)).toEqual(bad.map(() => false));
});
