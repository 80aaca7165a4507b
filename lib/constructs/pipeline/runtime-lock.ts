import type { Problems } from "../../blueprint/problems";

/** npm's package-lock.json, versions 2 and 3, as far as it is read here. */
export interface PackageLock {
  readonly lockfileVersion?: number;
  readonly packages?: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly [field: string]: unknown;
}

/** Optional peers of Slipway's that jobs need: DuckDB reads the data, sigstore signs without a key. */
const JOB_PEERS: readonly string[] = ["@duckdb/node-api", "sigstore"];

/** What concerns the platform's program alone and says nothing in a job. */
const PROGRAM_FIELDS: readonly string[] = ["dev", "devOptional", "peer", "extraneous", "inBundle"];

/** Where Slipway's tarball comes from when the program's own lock file does not say. */
export interface VendoredPackage {
  readonly resolved: string;
  readonly integrity: string;
}

export interface RuntimeLock {
  readonly version: string;
  readonly integrity: string;
  /** package.json of the jobs' runtime. */
  readonly manifest: object;
  /** package-lock.json of the jobs' runtime. */
  readonly lock: object;
}

/**
 * The part of a program's lock file that jobs install: Slipway, what it depends on, and the optional peers that jobs use. Every
 * entry keeps its place, version and integrity.
 *
 * @returns the runtime's package files, or `null` when a problem was added
 */
export function runtimeLock(
  source: PackageLock,
  vendored: VendoredPackage | null,
  problems: Problems,
): RuntimeLock | null {
  const packages = source.packages ?? {};
  const slipway = findSlipway(packages, vendored, problems);
  if (slipway === null) return null;
  const roots = { ...slipway.dependencies, ...jobPeers(packages, problems) };
  const paths = closure(packages, Object.keys(roots), problems);
  if (problems.list.length > 0) return null;
  const dependencies = {
    slipway: vendored?.resolved ?? slipway.version!,
    ...Object.fromEntries(JOB_PEERS.map((name) => [name, packages[`node_modules/${name}`]!.version!])),
  };
  const manifest = { name: "slipway-runtime", version: "0.0.0", private: true, dependencies };
  return {
    version: slipway.version!,
    integrity: slipway.integrity!,
    manifest,
    lock: {
      name: manifest.name,
      version: manifest.version,
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { name: manifest.name, version: manifest.version, dependencies },
        "node_modules/slipway": inJob("node_modules/slipway", slipway, packages),
        ...Object.fromEntries(paths.map((path) => [path, inJob(path, packages[path]!, packages)])),
      },
    },
  };
}

function findSlipway(
  packages: Readonly<Record<string, LockedPackage>>,
  vendored: VendoredPackage | null,
  problems: Problems,
): LockedPackage | null {
  const installed = packages["node_modules/slipway"];
  const itself = packages[""]?.name === "slipway" ? packages[""] : undefined;
  const found = installed?.link === true ? packages[installed.resolved ?? ""] : (installed ?? itself);
  if (found?.version === undefined) {
    problems.add("runtime", "package-lock.json", "names no package slipway", "Install it: `npm install slipway`.");
    return null;
  }
  if (vendored !== null) {
    const { dependencies, version } = found;
    return { version, ...vendored, ...(dependencies && { dependencies }), bin: { slipway: "dist/runtime/main.js" } };
  }
  if (found.integrity === undefined) {
    problems.add(
      "runtime",
      installed?.resolved ?? "this package",
      "is a Slipway that was not installed from a registry, so no job can install the same",
      'Pack it and pin the tarball: JobRuntime.vendored("slipway-0.1.0.tgz").',
    );
    return null;
  }
  return found;
}

function jobPeers(packages: Readonly<Record<string, LockedPackage>>, problems: Problems): Record<string, string> {
  return Object.fromEntries(
    JOB_PEERS.flatMap((name) => {
      const version = packages[`node_modules/${name}`]?.version;
      if (version !== undefined) return [[name, version]];
      problems.add(
        "runtime",
        name,
        "is not in package-lock.json, and jobs need it",
        `Install it: \`npm install ${name}\`.`,
      );
      return [];
    }),
  );
}

/** Lock paths of the named packages and of everything they depend on, in the order in which npm writes them. */
function closure(
  packages: Readonly<Record<string, LockedPackage>>,
  names: readonly string[],
  problems: Problems,
): readonly string[] {
  const seen = new Set<string>();
  const visit = (name: string, from: string, needed: boolean): void => {
    const path = resolve(packages, name, from);
    if (path === undefined) {
      if (needed)
        problems.add("runtime", name, "is not in package-lock.json", "Run `npm install` and commit the lock file.");
      return;
    }
    if (seen.has(path)) return;
    seen.add(path);
    const entry = packages[path]!;
    if (entry.integrity === undefined) {
      problems.add("runtime", path, "is locked without an integrity", "Install it from a registry.");
    }
    const optional = entry.peerDependenciesMeta ?? {};
    for (const each of Object.keys(entry.dependencies ?? {})) visit(each, path, true);
    for (const each of Object.keys(entry.optionalDependencies ?? {})) visit(each, path, false);
    for (const each of Object.keys(entry.peerDependencies ?? {})) {
      if (optional[each]?.optional !== true) visit(each, path, true);
    }
  };
  for (const name of names) visit(name, "node_modules/slipway", true);
  return [...seen].sort((a, b) => (a < b ? -1 : 1));
}

/** As Node looks packages up: beside the one that asks, then one folder further out. */
function resolve(packages: Readonly<Record<string, LockedPackage>>, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    const path = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (folder === "") return undefined;
  }
}

/**
 * An entry as jobs install it. A lock file may lack packages for platforms that nobody has installed on; an entry that still
 * asked for them would make `npm ci` call the lock incomplete.
 */
function inJob(path: string, entry: LockedPackage, packages: Readonly<Record<string, LockedPackage>>): object {
  const { optionalDependencies, ...rest } = entry;
  const locked = Object.entries(optionalDependencies ?? {}).filter(([name]) => resolve(packages, name, path));
  return Object.fromEntries([
    ...Object.entries(rest).filter(([field]) => !PROGRAM_FIELDS.includes(field)),
    ...(locked.length > 0 ? [["optionalDependencies", Object.fromEntries(locked)] as const] : []),
  ]);
}
