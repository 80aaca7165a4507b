import { InvalidInputError } from "../../blueprint/problems";

/** What a user wrote after the command's name, read by name so that a command never guesses at types. */
export class Arguments {
  public constructor(
    private readonly command: string,
    private readonly positional: ReadonlyMap<string, string>,
    private readonly options: ReadonlyMap<string, string | boolean | readonly string[]>,
  ) {}

  /** A positional argument that is required. */
  public argument(name: string): string {
    const value = this.positional.get(name);
    if (value === undefined)
      throw this.wrong(`<${name}>`, undefined, "is missing", `Name it after \`slipway ${this.command}\`.`);
    return value;
  }

  /** A positional argument that may be left out. */
  public optionalArgument(name: string): string | undefined {
    return this.positional.get(name);
  }

  public flag(name: string): boolean {
    return this.options.get(name) === true;
  }

  public text(name: string): string | undefined {
    const value = this.options.get(name);
    return typeof value === "string" ? value : undefined;
  }

  public requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") {
      throw this.wrong(`--${name}`, value, "is missing", `Give it as --${name} <value>.`);
    }
    return value;
  }

  /** The values of a repeatable option, in order. */
  public list(name: string): readonly string[] {
    const value = this.options.get(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  public number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value))
      throw this.wrong(`--${name}`, text, "is no number", "Write it in digits.");
    return value;
  }

  /** An error about one argument, for a check only the command can make. */
  public wrong(path: string, value: unknown, says: string, remedy: string): InvalidInputError {
    return new InvalidInputError(`slipway ${this.command}`, [{ path, value, says, remedy }]);
  }
}
