import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { runProgram } from "../../tools/run-program";
import { freePort, ServerProcess } from "../server-process";
import { loopbackCertificate, type ServerCertificate } from "./certificates";
import { needPrograms } from "./debian-programs";
import { type Credentials, htpasswdLine } from "./htpasswd";

export interface LoopbackRegistryOptions {
  /** The only user; default: anyone may push and pull. */
  readonly auth?: Credentials;
  /** Serve HTTPS with a certificate of a test authority; default: plain HTTP. */
  readonly tls?: boolean;
}

/** A real OCI registry (Debian's docker-registry) on a free port of the loopback interface, which keeps its files in a folder. */
export class LoopbackRegistry {
  private constructor(
    private readonly process: ServerProcess,
    private readonly folder: string,
    /** `127.0.0.1:<port>`, as image references begin. */
    public readonly host: string,
    /** `https://` or `http://` and the host. */
    public readonly url: string,
    /** What clients have to trust; `undefined` on plain HTTP. */
    public readonly certificate: ServerCertificate | undefined,
    private readonly auth: Credentials | undefined,
  ) {}

  /** @throws ToolMissingError when a registry cannot be had here: for {@link describeWith} */
  public static required(): typeof LoopbackRegistry {
    needPrograms("a registry", ["docker-registry", "openssl", "skopeo"]);
    return LoopbackRegistry;
  }

  public static async start(options: LoopbackRegistryOptions = {}): Promise<LoopbackRegistry> {
    LoopbackRegistry.required();
    const folder = mkdtempSync(join(tmpdir(), "slipway-registry-"));
    const host = `127.0.0.1:${String(await freePort())}`;
    const certificate = options.tls === true ? loopbackCertificate(folder) : undefined;
    const url = `${certificate === undefined ? "http" : "https"}://${host}`;
    if (options.auth !== undefined) writeFileSync(join(folder, "htpasswd"), htpasswdLine(options.auth));
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "config.yml"), stringify(configuration(folder, host, options, certificate)));
    const process = await ServerProcess.start({
      name: "docker-registry",
      program: "docker-registry",
      args: ["serve", join(folder, "config.yml")],
      env: { OTEL_TRACES_EXPORTER: "none" },
      cwd: folder,
      healthUrl: () => answersAsRegistry(`${url}/v2/`, certificate),
      logFile: join(folder, "server.log"),
    });
    return new LoopbackRegistry(process, folder, host, url, certificate, options.auth);
  }

  /**
   * Copies an image here by skopeo, with the right credentials and trust, without changing a byte of it.
   *
   * @param source - where skopeo finds it, for example `oci:<layout>:base`
   * @param name - repository and tag, for example `base/python:3.11`
   * @returns the reference by digest, `127.0.0.1:<port>/base/python@sha256:...`
   */
  public push(source: string, name: string): string {
    const digestFile = join(this.folder, "pushed-digest");
    runProgram("skopeo", "skopeo", [
      ...["--insecure-policy", "copy", "--quiet", "--preserve-digests", "--digestfile", digestFile],
      ...this.skopeoFlags("dest-"),
      ...[source, `docker://${this.host}/${name}`],
    ]);
    return `${this.host}/${name.replace(/:[^:/]*$/, "")}@${readFileSync(digestFile, "utf8").trim()}`;
  }

  /** The flags by which skopeo trusts this registry and authenticates to it. @param side - `dest-`, `src-`, or empty */
  public skopeoFlags(side: "dest-" | "src-" | ""): string[] {
    const { certificate, auth } = this;
    return [
      ...(certificate === undefined
        ? [`--${side}tls-verify=false`]
        : [`--${side}cert-dir`, this.trustFolder(certificate)]),
      ...(auth === undefined ? [] : [`--${side}creds`, `${auth.username}:${auth.password}`]),
    ];
  }

  public get log(): string {
    return this.process.log;
  }

  public async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A folder with the authority alone: skopeo takes a key beside it for a client's and misses the certificate. */
  private trustFolder(certificate: ServerCertificate): string {
    const folder = join(this.folder, "trust");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "ca.crt"), readFileSync(certificate.authority));
    return folder;
  }
}

function configuration(
  folder: string,
  addr: string,
  options: LoopbackRegistryOptions,
  certificate: ServerCertificate | undefined,
): object {
  return {
    version: "0.1",
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: {
      addr,
      ...(certificate === undefined ? {} : { tls: { certificate: certificate.certificate, key: certificate.key } }),
    },
    ...(options.auth === undefined
      ? {}
      : { auth: { htpasswd: { realm: "slipway tests", path: join(folder, "htpasswd") } } }),
  };
}

/** Whether a registry answers that trusts us (200) or wants to know who we are (401). */
export async function answersAsRegistry(url: string, certificate: ServerCertificate | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const ca = certificate === undefined ? {} : { ca: readFileSync(certificate.authority) };
    const get = certificate === undefined ? getHttp : getHttps;
    get(url, { ...ca, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 || response.statusCode === 401);
    }).once("error", () => {
      resolve(false);
    });
  });
}
