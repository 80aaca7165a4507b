import type { CodedColumn, HeldOutRows } from "../../lib/verdict/held-out-rows";

interface Given {
  readonly label: readonly number[];
  readonly score: readonly number[];
  readonly production?: readonly number[];
  readonly anchors?: Readonly<Record<string, readonly number[]>>;
  /** @default - every row is a cluster of its own */
  readonly cluster?: readonly number[];
  readonly columns?: Readonly<Record<string, readonly (string | null)[]>>;
}

/** Held-out rows as a test writes them down. */
export function heldOut(given: Given): HeldOutRows {
  const cluster = Int32Array.from(given.cluster ?? given.label.map((_, row) => row));
  return {
    count: given.label.length,
    label: Float64Array.from(given.label),
    score: Float64Array.from(given.score),
    productionScore: given.production === undefined ? null : Float64Array.from(given.production),
    anchorScores: new Map(
      Object.entries(given.anchors ?? {}).map(([digest, score]) => [digest, Float64Array.from(score)]),
    ),
    cluster,
    clusters: new Set(cluster).size,
    columns: new Map(Object.entries(given.columns ?? {}).map(([name, values]) => [name, coded(values)])),
  };
}

function coded(texts: readonly (string | null)[]): CodedColumn {
  const values = [...new Set(texts.filter((text) => text !== null))];
  return { values, codes: Int32Array.from(texts, (text) => (text === null ? -1 : values.indexOf(text))) };
}
