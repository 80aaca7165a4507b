const digits = 1 << 16;

/** Numbers as unsigned words that sort the way the numbers fall. */
interface Keys {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/**
 * Row numbers by falling score, equal scores in the order given: a radix sort over the bits of the doubles, because a
 * comparison sort of ten million rows costs more than everything that is then computed from them.
 *
 * @param score - finite numbers, by row
 * @param rows - the rows to order
 */
export function fallingOrder(score: Float64Array, rows: Uint32Array): Uint32Array {
  let keys = keysOf(score, rows);
  let order = rows.slice();
  let spareKeys: Keys = { high: new Uint32Array(rows.length), low: new Uint32Array(rows.length) };
  let spareOrder = new Uint32Array(rows.length);
  for (const [word, shift] of passes) {
    const starts = startsOf(keys[word], shift);
    if (starts === null) continue;
    scatter(keys, order, word, shift, starts, spareKeys, spareOrder);
    [keys, spareKeys] = [spareKeys, keys];
    [order, spareOrder] = [spareOrder, order];
  }
  return order;
}

/** Least significant digit first. */
const passes = [
  ["low", 0],
  ["low", 16],
  ["high", 0],
  ["high", 16],
] as const;

/** A double's bits rise with the number once negative ones are flipped whole and others in their sign; falling is the reverse. */
function keysOf(score: Float64Array, rows: Uint32Array): Keys {
  const keys = { high: new Uint32Array(rows.length), low: new Uint32Array(rows.length) };
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const [lowWord, highWord] = littleEndian ? [0, 1] : [1, 0];
  for (let at = 0; at < rows.length; at++) {
    number[0] = score[rows[at]!]! + 0; // makes -0 equal to 0
    const high = words[highWord]!;
    const low = words[lowWord]!;
    const negative = high >>> 31 === 1;
    keys.high[at] = negative ? high : high ^ 0x7fff_ffff;
    keys.low[at] = negative ? low : ~low;
  }
  return keys;
}

/** Where each digit's rows start; `null` when all rows have the same digit, so that nothing moves. */
function startsOf(word: Uint32Array, shift: number): Uint32Array | null {
  const counts = new Uint32Array(digits);
  for (const key of word) counts[(key >>> shift) & 0xffff]!++;
  if (word.length === 0 || counts[(word[0]! >>> shift) & 0xffff] === word.length) return null;
  let start = 0;
  for (let digit = 0; digit < digits; digit++) {
    const count = counts[digit]!;
    counts[digit] = start;
    start += count;
  }
  return counts;
}

function scatter(
  keys: Keys,
  order: Uint32Array,
  word: keyof Keys,
  shift: number,
  starts: Uint32Array,
  toKeys: Keys,
  toOrder: Uint32Array,
): void {
  const { high, low } = keys;
  const by = keys[word];
  for (let at = 0; at < order.length; at++) {
    const to = starts[(by[at]! >>> shift) & 0xffff]!++;
    toKeys.high[to] = high[at]!;
    toKeys.low[to] = low[at]!;
    toOrder[to] = order[at]!;
  }
}
