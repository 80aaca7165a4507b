/** Metrics as a server exposes them, in Prometheus' text format. */
export interface Exposition {
  /** Type by family name: `counter`, `histogram`. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const samplePattern =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+(?:\.\d+)?)?(?:[ \t]+#.*)?$/;
const labelPattern = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/** Reads the text; a string says in which line it is no valid text. */
export function parseExposition(text: string): Exposition | string {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    const type = /^#\s*TYPE\s+(\S+)\s+(\S+)$/.exec(line);
    if (type !== null) types.set(type[1]!, type[2]!);
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labelText = "", number = ""] = samplePattern.exec(line) ?? [];
    const labels = parseLabels(labelText);
    const value = parseNumber(number);
    if (name === undefined || labels === null || value === null)
      return `line ${index + 1} is no sample: ${line.slice(0, 80)}`;
    samples.push({ name, labels, value });
  }
  return { types, samples };
}

/** The value of one series; `undefined` when it does not exist. */
export function valueOf({ samples }: Exposition, name: string, labels: Sample["labels"] = {}): number | undefined {
  return samples.find((each) => each.name === name && sameLabels(each.labels, labels))?.value;
}

function sameLabels(a: Sample["labels"], b: Sample["labels"]): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function parseLabels(text: string): Sample["labels"] | null {
  const labels: Record<string, string> = {};
  labelPattern.lastIndex = 0;
  while (labelPattern.lastIndex < text.length) {
    const found = labelPattern.exec(text);
    if (found === null) return null;
    labels[found[1]!] = found[2]!.replace(/\\(.)/g, (_, each: string) => (each === "n" ? "\n" : each));
  }
  return labels;
}

function parseNumber(text: string): number | null {
  const infinite = /^([+-]?)Inf$/i.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  if (/^NaN$/i.test(text)) return NaN;
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? null : value;
}
