/** Statement-like and function-like words through which a query could reach beyond the snapshot. */
const reachingFunction =
  /^(read_\w+|sniff_csv|glob|parquet_\w+|\w+_scan|scan_\w+|\w+_attach|query|query_table|getenv|getvariable|current_setting|duckdb_\w+|pragma_\w+|write_\w+|which_secret|install\w*|load\w*|system)$/;

interface Token {
  readonly kind: "word" | "text" | "name" | "symbol" | "placeholder";
  readonly value: string;
}

/** What stands for the table and the column in a query, in the standard's writing and in the older one. */
const tablePlaceholders = new Set(["{object}", "{table}", "{model}", "${object}", "${table}", "${model}"]);
const columnPlaceholders = new Set(["{property}", "{column}", "{field}", "${property}", "${column}", "${field}"]);

/**
 * Looks at a query's text without running it: exactly one SELECT over the declared table, with nothing that opens files, reads
 * settings or the environment. Conservative on purpose; DuckDB's own parser and a locked configuration decide at run time.
 * Returns why it is refused, or `null`.
 */
export function refusalOfQuery(query: string, hasColumn: boolean): string | null {
  const tokens = tokensOf(query);
  if (tokens === null) return "has an unfinished comment or quotation, or dollar quotes";
  while (tokens.at(-1)?.value === ";") tokens.pop();
  if (tokens.some((token) => token.kind === "symbol" && token.value === ";")) return "holds more than one statement";
  const first = tokens[0];
  if (first?.kind !== "word" || !/^(select|with)$/i.test(first.value)) return "is not a SELECT";
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const called = next?.kind === "symbol" && next.value === "(";
    if (
      (token.kind === "word" || token.kind === "name") &&
      called &&
      reachingFunction.test(token.value.toLowerCase())
    ) {
      return `calls ${token.value}, which reaches beyond the data`;
    }
    if (token.kind === "word" && /^(from|join)$/i.test(token.value) && next?.kind === "text") {
      return "reads a file";
    }
    if (token.kind === "word" && /^into$/i.test(token.value)) return "writes into a table";
    if (token.kind === "placeholder") {
      if (columnPlaceholders.has(token.value) && !hasColumn) return `uses ${token.value} outside a property`;
      if (!columnPlaceholders.has(token.value) && !tablePlaceholders.has(token.value)) {
        return `uses the unknown placeholder ${token.value}`;
      }
    }
  }
  return null;
}

/** The query with the table and column put in, quoted as SQL identifiers. */
export function withPlaceholdersFilled(query: string, table: string, column: string | null): string {
  return query.replace(/\$?\{\w+\}/g, (placeholder) => {
    if (tablePlaceholders.has(placeholder)) return quoteIdentifier(table);
    return column !== null && columnPlaceholders.has(placeholder) ? quoteIdentifier(column) : placeholder;
  });
}

/** A name as an SQL identifier, whatever it holds. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function tokensOf(query: string): Token[] | null {
  const tokens: Token[] = [];
  const forms: readonly (readonly [Token["kind"] | "skip", RegExp])[] = [
    ["skip", /^(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)/],
    ["text", /^[eE]?'(?:[^']|'')*'/],
    ["name", /^"(?:[^"]|"")*"/],
    ["placeholder", /^\$?\{\w*\}/],
    ["word", /^[\p{L}_][\p{L}\p{N}_$]*/u],
    ["symbol", /^(?:\d[\w.]*|[^'"$\\])/u],
  ];
  let rest = query;
  while (rest !== "") {
    const found = forms.map(([kind, form]) => ({ kind, text: form.exec(rest)?.[0] })).find(({ text }) => text);
    if (found?.text === undefined || rest.startsWith("/*") !== (found.kind === "skip" && found.text.startsWith("/*"))) {
      return null;
    }
    if (found.kind === "text" && found.text.toLowerCase().startsWith("e'")) return null;
    if (found.kind === "name") tokens.push({ kind: "name", value: found.text.slice(1, -1).replaceAll('""', '"') });
    else if (found.kind !== "skip") tokens.push({ kind: found.kind, value: found.text });
    rest = rest.slice(found.text.length);
  }
  return tokens;
}
