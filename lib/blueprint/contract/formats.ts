const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const ipv4 = `(?:${octet}\\.){3}${octet}`;
const h16 = "[0-9A-Fa-f]{1,4}";
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

/** RFC 4291's forms of an address, each with the groups that may stand before and after `::`. */
const ipv6 = [
  `(?:${h16}:){7}${h16}`,
  ...[1, 2, 3, 4, 5, 6].map((n) => `(?:${h16}:){1,${7 - n}}(?::${h16}){1,${n}}`),
  `(?:${h16}:){1,7}:`,
  `:(?:(?::${h16}){1,7}|:)`,
  `(?:${h16}:){6}${ipv4}`,
  `::(?:${h16}:){0,5}${ipv4}`,
].join("|");

/** Texts of each format as a whole, in RE2's syntax: the mailbox form of HTML, RFC 9562, 3986, 1123, 791, 4291. */
const patterns: Readonly<Record<string, string>> = {
  email: `^[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]+@${label}(?:\\.${label})*$`,
  uuid: "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
  uri: "^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]+$",
  hostname: `^${label}(?:\\.${label})*$`,
  ipv4: `^${ipv4}$`,
  ipv6: `^(?:${ipv6})$`,
};

/** Formats of the standard that say how a text is meant, not how it is written: nothing to check. */
export const uncheckedFormats: readonly string[] = ["password", "byte", "binary"];

/** RE2 pattern that the whole text must match; `null` for a format without one. */
export function stringFormatPattern(format: string): string | null {
  return Object.hasOwn(patterns, format) ? patterns[format]! : null;
}

/** The values that an integer format (`i8` to `i64`, `u8` to `u64`) can hold; wider ones and floats hold whatever DuckDB reads. */
export function integerRange(format: string): { readonly lower: number; readonly upper: number } | null {
  const parts = /^([iu])(8|16|32)$/.exec(format);
  if (parts === null) return format === "u64" || format === "u128" ? { lower: 0, upper: 2 ** 64 } : null;
  const bits = Number(parts[2]);
  return parts[1] === "u"
    ? { lower: 0, upper: 2 ** bits - 1 }
    : { lower: -(2 ** (bits - 1)), upper: 2 ** (bits - 1) - 1 };
}
