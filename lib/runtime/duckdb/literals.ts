/** A text as an SQL literal, whatever it holds. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A finite number as an SQL literal: integers exactly, everything else as the double that it is. */
export function quoteNumber(value: number): string {
  return Number.isSafeInteger(value) ? `${value}` : `${quoteText(String(value))}::DOUBLE`;
}

/** A date or time of ISO 8601 as an SQL timestamp in UTC; without a zone it is taken to be in UTC. */
export function quoteTimestamp(text: string): string {
  const zoned = text.length <= 10 || /(?:[zZ]|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
  return `TIMESTAMP ${quoteText(new Date(zoned).toISOString().replace("T", " ").replace("Z", ""))}`;
}
