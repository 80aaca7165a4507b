/** A request that a model can answer, by MLflow's scoring protocol. */
export interface ExampleRequest {
  /** JSON with one of `dataframe_split`, `dataframe_records`, `instances` and `inputs`. */
  readonly body: string;
  readonly rows: number;
  /** Scores that the model is known to give, one a row; `null` when they are not known. */
  readonly expected: readonly number[] | null;
}

/** The rows of a request's body; `null` when it is none of the protocol. */
export function rowsOf(document: unknown): number | null {
  const field = rowsField(document);
  if (field === null) return null;
  const [form, data] = field;
  if (form === "dataframe_split") {
    const { data: rows } = data as { readonly data?: unknown };
    return Array.isArray(rows) ? rows.length : null;
  }
  if (Array.isArray(data)) return data.length;
  const [first] = form === "inputs" ? (Object.values(data) as readonly unknown[]) : [];
  return Array.isArray(first) ? first.length : null;
}

/** The same request with its rows again and again, until it has at least the given number. */
export function repeated(body: string, rows: number): string {
  const document: unknown = JSON.parse(body);
  const field = rowsField(document);
  const before = rowsOf(document);
  if (field === null || before === null || before === 0) return body;
  const again = (values: readonly unknown[]): readonly unknown[] =>
    Array.from({ length: Math.ceil(rows / before) }, () => values).flat();
  const [form, data] = field;
  if (form === "dataframe_split") {
    const { columns, data: values } = data as unknown as Record<"columns" | "data", readonly unknown[]>;
    return JSON.stringify({ dataframe_split: { columns, data: again(values) } });
  }
  if (Array.isArray(data)) return JSON.stringify({ [form]: again(data) });
  const columns = Object.entries(data as Readonly<Record<string, readonly unknown[]>>);
  const longer = Object.fromEntries(columns.map(([name, values]) => [name, again(values)]));
  return JSON.stringify({ [form]: longer });
}

const forms = ["dataframe_split", "dataframe_records", "instances", "inputs"] as const;

function rowsField(document: unknown): readonly [(typeof forms)[number], object] | null {
  if (typeof document !== "object" || document === null) return null;
  const found = forms.filter((form) => form in document);
  const data = found.length === 1 ? (document as Record<string, unknown>)[found[0]!] : null;
  return typeof data === "object" && data !== null ? [found[0]!, data] : null;
}
