import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { normalName } from "../../../lib/runtime/packaging/environment/locked-requirements";
import { pythonForEnvironments } from "../../tools";

export interface WheelFiles {
  readonly name: string;
  readonly version: string;
  /** Python, ABI and platform. */
  readonly tags?: string;
  readonly metadata?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** A package index on this machine (the simple API of PEP 503) with packages made for a test. */
export class LocalIndex {
  private readonly server: Server;

  public constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.server = createServer((request, response) => {
      const [, kind, name = ""] = (request.url ?? "").split("/");
      const path = join(this.folder, basename(decodeURIComponent(name)));
      if (kind === "files" && existsSync(path)) response.end(readFileSync(path));
      else if (kind === "simple" && this.filesOf(name).length > 0) {
        response.setHeader("content-type", "text/html");
        response.end(
          this.filesOf(name)
            .map((file) => this.link(file))
            .join(""),
        );
      } else {
        response.statusCode = 404;
        response.end();
      }
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
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/simple`;
  }

  /** Puts a wheel into the index, in place of the one of the same name; gives its line of a lock. */
  public wheel({ name, version, tags = "py3-none-any", metadata = "", files = {} }: WheelFiles): string {
    const path = join(this.folder, `${name}-${version}-${tags}.whl`);
    const info = `${name}-${version}.dist-info`;
    const content = {
      ...files,
      [`${info}/METADATA`]: `Metadata-Version: 2.4\nName: ${name}\nVersion: ${version}\n${metadata}\n`,
      [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tags}\n`,
    };
    execFileSync(pythonForEnvironments(), [join(__dirname, "wheels.py")], {
      input: JSON.stringify([{ path, files: content }]),
    });
    return lockLine(name, version, readFileSync(path));
  }

  /** Puts something into the index that would have to be built. */
  public source(name: string, version: string): string {
    const content = `no archive, as nobody may open it: ${name}`;
    writeFileSync(join(this.folder, `${name}-${version}.tar.gz`), content);
    return lockLine(name, version, Buffer.from(content));
  }

  private link(file: string): string {
    return `<a href="/files/${file}#sha256=${sha256(readFileSync(join(this.folder, file)))}">${file}</a>\n`;
  }

  private filesOf(name: string): readonly string[] {
    return readdirSync(this.folder).filter((file) => normalName(file.split("-")[0]!) === name);
  }
}

function lockLine(name: string, version: string, content: Buffer): string {
  return `${name}==${version} --hash=sha256:${sha256(content)}\n`;
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
