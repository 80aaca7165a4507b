/** A text as an SQL literal, whatever it holds. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A finite number as an SQL literal: integers exactly, everything else as the double that it is. */
export function quoteNumber(value: number): string {
  return Number.isSafeInteger(value) ? `${value}` : `${quoteText(String(value))}::DOUBLE`;
}
