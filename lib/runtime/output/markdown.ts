/** The cell below a header: aligned left, right or in the middle. */
type Alignment = "---" | "---:" | ":---:";

/** A Markdown table; cells are plain text. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = header.map(() => "---"),
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [header.map(markdownText), alignments, ...rows.map((cells) => cells.map(markdownText))].map(line).join("\n");
}

/** Plain text made safe in Markdown and in the HTML it becomes: names and values from data never format, link or mention. */
export function markdownText(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/[\\`*_{}[\]#!|~]/g, "\\$&")
    .replace(/@/g, "&#64;");
}
