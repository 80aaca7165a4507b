/** Letters of JDK's DateTimeFormatter, which the standard prescribes for `format`, and what `strptime` calls them. Longest first. */
const letters: readonly (readonly [string, string])[] = [
  ["yyyy", "%Y"],
  ["uuuu", "%Y"],
  ["yy", "%y"],
  ["MMMM", "%B"],
  ["MMM", "%b"],
  ["MM", "%m"],
  ["M", "%-m"],
  ["dd", "%d"],
  ["d", "%-d"],
  ["EEEE", "%A"],
  ["EEE", "%a"],
  ["HH", "%H"],
  ["H", "%-H"],
  ["hh", "%I"],
  ["mm", "%M"],
  ["ss", "%S"],
  ["SSSSSS", "%f"],
  ["SSS", "%g"],
  ["a", "%p"],
  ["XXX", "%z"],
  ["xxx", "%z"],
  ["XX", "%z"],
  ["xx", "%z"],
  ["Z", "%z"],
  // Not the JDK's, but the standard's own examples write `yyyy-MM-ddTHH:mm:ssZ`.
  ["T", "T"],
];

/** A date format in `strptime` letters; `null` when it holds something that has no counterpart. */
export function strptimeFormat(format: string): string | null {
  let out = "";
  let rest = format;
  while (rest !== "") {
    const quoted = /^'([^']*)'/.exec(rest);
    const run = /^([A-Za-z])\1*/.exec(rest);
    if (quoted !== null) {
      out += quoted[1] === "" ? "'" : quoted[1]!.replaceAll("%", "%%");
      rest = rest.slice(quoted[0].length);
    } else if (run !== null) {
      const known = letters.find(([jdk]) => jdk === run[0]);
      if (known === undefined) return null;
      out += known[1];
      rest = rest.slice(run[0].length);
    } else {
      out += rest.startsWith("%") ? "%%" : rest[0]!;
      rest = rest.slice(1);
    }
  }
  return out;
}
