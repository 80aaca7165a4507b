import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** A package's own package.json, as far as these tests need it. */
export interface NpmManifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** What package-lock.json says of one package. */
export type LockEntry = Record<string, unknown> & { readonly version: string; integrity?: string };

/** Fields of a package.json that npm repeats in the lock and decides by. */
const REPEATED = ["bin", "cpu", "dependencies", "hasInstallScript", "libc", "license", "optionalDependencies", "os"];

/** A registry of npm packages on this machine, with packages made for a test. */
export class NpmRegistry {
  private readonly tarballs = new Map<string, Buffer>();
  private readonly packages = new Map<string, Record<string, object>>();
  private readonly server: Server;

  public constructor() {
    this.server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? "");
      const found = this.tarballs.get(path) ?? this.versionsOf(path.slice(1));
      response.statusCode = found === undefined ? 404 : 200;
      response.end(found);
    });
  }

  public async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  public get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/`;
  }

  /** Puts a package into the registry; gives its entry of a lock, which names npm's own registry as locks usually do. */
  public async add(manifest: NpmManifest, files: Readonly<Record<string, string>> = {}): Promise<LockEntry> {
    const { name, version } = manifest;
    const path = `/${name}/-/${name.replace(/^.*\//, "")}-${version}.tgz`;
    const tarball = await npmTarball(manifest, files);
    this.tarballs.set(path, tarball);
    const entry = lockEntry(manifest, `https://registry.npmjs.org${path}`, tarball);
    const { resolved, integrity } = entry;
    const dist = { tarball: resolved, integrity };
    this.packages.set(name, { ...this.packages.get(name), [version]: { ...manifest, dist } });
    return entry;
  }

  /** What npm asks for when a lock does not say which version to take. */
  private versionsOf(name: string): string | undefined {
    const versions = this.packages.get(name);
    return versions && JSON.stringify({ name, "dist-tags": { latest: Object.keys(versions).at(-1) }, versions });
  }
}

/** A package as `npm pack` writes it. */
export async function npmTarball(manifest: NpmManifest, files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  const content = { "package.json": JSON.stringify(manifest), ...files };
  for (const [path, text] of Object.entries(content)) tar.entry({ name: `package/${path}` }, text);
  tar.finalize();
  return gzipSync(await buffer(tar));
}

export function lockEntry(manifest: NpmManifest, resolved: string, tarball: Buffer): LockEntry {
  const repeated = REPEATED.filter((field) => field in manifest).map((field) => [field, manifest[field]] as const);
  return {
    version: manifest.version,
    resolved,
    integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
    ...Object.fromEntries(repeated),
  };
}
