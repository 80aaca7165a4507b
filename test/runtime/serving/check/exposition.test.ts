import { parseExposition, valueOf, type Exposition } from "../../../../lib/runtime/serving/check/exposition";
import { growthPerRequest } from "../../../../lib/runtime/serving/check/memory-check";

test("reads types, labels with escapes, infinities, timestamps and exemplars", () => {
  const text = [
    "# HELP a_total Some text.",
    "# TYPE a_total counter",
    'a_total{code="200",path="a\\"b\\\\c\\nd,e}"} 12 1700000000',
    'h_bucket{le="+Inf"} 3 # {trace="1"} 0.5',
    "plain +Inf",
    "odd NaN",
    "# EOF",
  ].join("\n");
  const found = parseExposition(text) as Exposition;
  expect([...found.types]).toEqual([["a_total", "counter"]]);
  expect(found.samples.map(({ value }) => value)).toEqual([12, 3, Infinity, NaN]);
  expect(valueOf(found, "a_total", { path: 'a"b\\c\nd,e}', code: "200" })).toBe(12);
  expect(valueOf(found, "a_total", { code: "200" })).toBeUndefined();
});

test.each(["a{", "a", "a b", 'a{b="c} 1', "a{b=c} 1", '{"json": 1}', "a{} 1 2 3"])(
  "refuses %j with its line",
  (line) => {
    expect(parseExposition(`ok 1\n${line}\n`)).toMatch(/^line 2 /);
  },
);

describe("growth of memory", () => {
  const readings = (bytes: (index: number) => number) =>
    Array.from({ length: 12 }, (_, index) => [100 * (index + 1), bytes(index)] as const);
  const base = 150 * 2 ** 20;

  test("that goes on is found, in bytes a request, also under noise", () => {
    const noise = [3, -2, 1, -3, 2, 0, 1, -1, 3, -2, 0, 2];
    expect(growthPerRequest(readings((index) => base + index * 100 * 4096 + noise[index]! * 50_000))).toBeCloseTo(
      4096,
      -3,
    );
  });

  test.each<[string, (index: number) => number]>([
    ["none", () => base],
    ["one step, however large", (index) => base + (index > 5 ? 2 ** 26 : 0)],
    ["a peak that goes back", (index) => base + (index === 4 ? 2 ** 26 : 0)],
    ["a little", (index) => base + index * 100 * 200],
    ["less and less", (index) => base - index * 2 ** 20],
  ])("is none where there is %s", (_, bytes) => {
    expect(growthPerRequest(readings(bytes))).toBeNull();
  });
});
