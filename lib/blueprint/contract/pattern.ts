/** Either the pattern in RE2's syntax or why it has none. */
export type TranslatedPattern = { readonly re2: string } | { readonly says: string };

class Untranslatable extends Error {}

/** ECMA-262's white space and line terminators, as the inside of a class; RE2's own `\s` knows ASCII only. */
const space = "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const notSpace =
  "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}" +
  "\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";
const anything = "\\x{0}-\\x{10ffff}";

/**
 * Rewrites a regular expression of ECMA-262, which the standard prescribes for `pattern`, for RE2, which DuckDB runs: the same
 * texts match, code point by code point. What RE2 cannot say (look-around, back-references) is named instead.
 */
export function translatePattern(pattern: string): TranslatedPattern {
  try {
    new RegExp(pattern);
  } catch {
    return { says: "is not a regular expression of ECMA-262" };
  }
  try {
    return { re2: new Translation(pattern).whole() };
  } catch (error) {
    if (error instanceof Untranslatable) return { says: error.message };
    throw error;
  }
}

class Translation {
  private at = 0;
  private readonly characters: readonly string[];

  public constructor(pattern: string) {
    this.characters = Array.from(pattern);
  }

  public whole(): string {
    let out = "";
    while (this.at < this.characters.length) out += this.next();
    // Captured as a whole: DuckDB 1.5 turns plain literals into LIKE and loses anchors in their middle (`a^` would match "a").
    return `(${out})`;
  }

  private next(): string {
    const character = this.take();
    switch (character) {
      case "\\":
        return this.escape(false);
      case "[":
        return this.characterClass();
      case "(":
        return this.group();
      case ".":
        return "[^\\n\\r\\x{2028}\\x{2029}]";
      case "{":
        return this.repetition();
      case "]":
      case "}":
        return `\\${character}`;
      default:
        return character;
    }
  }

  private group(): string {
    const rest = this.rest();
    if (/^\?(?:[=!]|<[=!])/.test(rest)) throw new Untranslatable("looks ahead or behind, which cannot be run");
    const named = /^\?<[^>]+>/.exec(rest);
    if (named !== null) this.skip(named[0]);
    else if (rest.startsWith("?:")) this.skip("?:");
    else if (rest.startsWith("?")) throw new Untranslatable("uses a group that ECMA-262 5.1 does not know");
    return "(?:";
  }

  private repetition(): string {
    const counts = /^(\d+)(,(\d*))?\}/.exec(this.rest());
    if (counts === null) return "\\{";
    if (Math.max(Number(counts[1]), Number(counts[3] ?? 0)) > 1000) {
      throw new Untranslatable("repeats more than 1000 times, which cannot be run");
    }
    this.skip(counts[0]);
    return `{${counts[0]}`;
  }

  private characterClass(): string {
    const negated = this.rest().startsWith("^");
    if (negated) this.skip("^");
    let members = "";
    for (let character = this.take(); character !== "]"; character = this.take()) {
      if (character === "\\") members += this.escape(true);
      else members += /[[\]&~]/.test(character) ? `\\${character}` : character;
    }
    // RE2 would take the bracket after an empty class for its first member.
    if (members === "") return negated ? `[${anything}]` : `[^${anything}]`;
    return `[${negated ? "^" : ""}${members}]`;
  }

  private escape(inClass: boolean): string {
    const character = this.take();
    if (/[dDwWnrtfv]/.test(character)) return `\\${character}`;
    switch (character) {
      case "s":
        return inClass ? space : `[${space}]`;
      case "S":
        return inClass ? notSpace : `[^${space}]`;
      case "b":
        return inClass ? "\\x{8}" : "\\b";
      case "B":
        // RE2 finds one inside every character of several bytes.
        throw new Untranslatable("asks for the inside of a word (\\B), which cannot be run");
      case "0":
        if (/^\d/.test(this.rest())) throw new Untranslatable("uses an octal escape");
        return "\\x{0}";
      case "x":
        return this.codePoint(/^([0-9a-fA-F]{2})/);
      case "u":
        return this.codePoint(/^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))/);
      case "c":
        return this.control();
      case "p":
      case "P":
        return this.property(character);
    }
    if (/[1-9k]/.test(character)) throw new Untranslatable("refers back to a group, which cannot be run");
    if (/[a-zA-Z0-9_]/.test(character)) throw new Untranslatable(`escapes ${character}, which has no meaning`);
    return character.codePointAt(0)! < 128 ? `\\${character}` : character;
  }

  private codePoint(form: RegExp): string {
    const digits = form.exec(this.rest());
    if (digits === null) throw new Untranslatable("holds an unfinished escape");
    this.skip(digits[0]);
    let code = parseInt(digits[1] ?? digits[2] ?? "", 16);
    const low = /^\\u(d[c-f][0-9a-f]{2})/i.exec(this.rest());
    if (code >= 0xd800 && code <= 0xdbff && low !== null) {
      this.skip(low[0]);
      code = 0x10000 + (code - 0xd800) * 0x400 + (parseInt(low[1]!, 16) - 0xdc00);
    }
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) throw new Untranslatable("names half a character");
    return `\\x{${code.toString(16)}}`;
  }

  private control(): string {
    const letter = this.take();
    if (!/[a-zA-Z]/.test(letter)) throw new Untranslatable("holds an unfinished escape");
    return `\\x{${(letter.charCodeAt(0) % 32).toString(16)}}`;
  }

  /** General categories (`\p{Lu}`) read alike in both; scripts and binary properties do not. */
  private property(kind: string): string {
    const category = /^\{([LMNPSZC][a-z]?)\}/.exec(this.rest());
    if (category === null) throw new Untranslatable("uses a Unicode property that cannot be run");
    this.skip(category[0]);
    return `\\${kind}{${category[1]!}}`;
  }

  private take(): string {
    return this.characters[this.at++] ?? "";
  }

  private rest(): string {
    return this.characters.slice(this.at).join("");
  }

  private skip(text: string): void {
    this.at += Array.from(text).length;
  }
}
