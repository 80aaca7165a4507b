import { RefusedError } from "../../refusals";

/** One package of a locked environment: a version and the digests its files may have. */
export interface LockedRequirement {
  /** As package indexes compare names: lower case, one hyphen between words. */
  readonly name: string;
  readonly version: string;
  /** The condition under which it is installed, for example `sys_platform == "linux"`; `null` for always. */
  readonly marker: string | null;
  /** `sha256:...`, in order, without repetition. */
  readonly hashes: readonly string[];
}

export interface LockedRequirements {
  readonly requirements: readonly LockedRequirement[];
  /** What the lock says about where packages come from: `--index-url`, `--extra-index-url`, `--find-links`, each with its value. */
  readonly sources: readonly string[];
}

const SOURCE = /^(?:(-i|--index-url|--extra-index-url)|-f|--find-links)[\s=]+(\S.*)$/;
const BRINGS_IN = /^(?:-r|-c|--requirement|--constraint)\b/;
const PINNED =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*==\s*([A-Za-z0-9][^\s;,*=]*)\s*(?:;\s*(\S.*))?$/;
const HASH = /\s--hash[=\s](sha(?:256|384|512):[0-9a-f]{64,128})(?=\s|$)/g;

/**
 * Reads a requirements file every line of which says exactly what is installed.
 *
 * @param file - its name, for messages
 * @throws RefusedError `environment-not-locked` with all the lines that leave something open
 */
export function lockedRequirements(text: string, file: string): LockedRequirements {
  const requirements: LockedRequirement[] = [];
  const sources: string[] = [];
  const open: string[] = [];
  for (const line of linesOf(text)) {
    const source = SOURCE.exec(line);
    if (source !== null) sources.push(`${optionName(source[1])} ${source[2]!}`);
    const isOption = line.startsWith("-") && !/^(?:-e|--editable)\b/.test(line) && !BRINGS_IN.test(line);
    if (isOption) continue;
    const [requirement, hashes] = withoutHashes(line);
    const pinned = PINNED.exec(requirement);
    const fault = faultOf(requirement, pinned !== null, hashes.length > 0);
    if (fault !== null || pinned === null) open.push(`${shown(requirement)} ${fault ?? ""}`);
    else requirements.push({ name: normalName(pinned[1]!), version: pinned[2]!, marker: pinned[3] ?? null, hashes });
  }
  if (requirements.length === 0 && open.length === 0) open.push("it names no package");
  if (open.length > 0) {
    throw new RefusedError(
      "environment-not-locked",
      `${file} does not say exactly what is installed:\n${open.map((each) => `  - ${each}`).join("\n")}`,
      "Lock every package to one version with hashes, from a package index: " +
        "`uv pip compile --universal --generate-hashes requirements.in -o requirements.txt`.",
    );
  }
  return { requirements, sources };
}

/** Requirements in the form in which they are installed and compared, whoever wrote them: one line each, in order. */
export function requirementsText(requirements: readonly LockedRequirement[]): string {
  return requirements
    .map(({ name, version, marker, hashes }) => {
      const condition = marker === null ? "" : ` ; ${marker}`;
      return `${name}==${version}${condition}${hashes.map((hash) => ` --hash=${hash}`).join("")}\n`;
    })
    .sort()
    .join("");
}

/** A package's name as indexes compare it. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function linesOf(text: string): readonly string[] {
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

function optionName(indexOption: string | undefined): string {
  if (indexOption === undefined) return "--find-links";
  return indexOption === "-i" ? "--index-url" : indexOption;
}

function withoutHashes(line: string): readonly [string, readonly string[]] {
  const hashes = [...line.matchAll(HASH)].map((match) => match[1]!);
  return [line.replace(HASH, "").trim(), [...new Set(hashes)].sort()];
}

function faultOf(requirement: string, pinned: boolean, hashed: boolean): string | null {
  if (BRINGS_IN.test(requirement)) return "brings in another file";
  if (/^-|^\.|^[^;]*@|^[^;]*:\/\/|^[^;[]*\//.test(requirement))
    return "is a folder or an address, not a version from an index";
  if (!pinned) return "is not pinned to one version by ==";
  return hashed ? null : "has no hash";
}

/** Addresses may hold passwords. */
function shown(requirement: string): string {
  return requirement.replace(/\/\/[^@/\s]*@/g, "//***@");
}
