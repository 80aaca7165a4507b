import * as fc from "fast-check";
import { fallingOrder } from "../../../lib/verdict/measures/falling-order";

const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE, 0.5),
);

test("orders any finite numbers as a stable comparison sort does", () => {
  fc.assert(
    fc.property(fc.array(finite, { maxLength: 40 }), (numbers) => {
      const rows = Uint32Array.from(numbers.keys());
      const expected = rows.slice().sort((a, b) => numbers[b]! - numbers[a]! || a - b);
      expect(fallingOrder(Float64Array.from(numbers), rows)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("orders only the rows it is given", () => {
  expect([...fallingOrder(Float64Array.of(0.1, 0.9, 0.5, 0.7), Uint32Array.of(0, 2, 3))]).toEqual([3, 2, 0]);
});
