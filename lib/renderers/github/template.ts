/**
 * Text that GitHub evaluates, as opposed to a plain string, which is written so that it arrives as it is. Only this folder makes
 * templates, and never out of text that a user wrote.
 */
export class Template {
  public static of(text: string): Template {
    return new Template(text);
  }

  private constructor(public readonly text: string) {}
}

/** A value of the workflow: a string stands for itself whatever it contains. */
export type Value = string | Template;

const MARKER = "${{";

/** Whether GitHub would see an expression in the text. */
export function holdsExpression(text: string): boolean {
  return text.includes(MARKER);
}

/** The text as GitHub has to find it in a place where it evaluates expressions. */
export function written(value: Value): string {
  if (value instanceof Template) return value.text;
  return value.replaceAll(MARKER, "${{ '${{' }}");
}

/** A string literal inside an expression. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
