import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BrokenEnvironmentError, RefusedError } from "../refusals";
import type { MlflowHttp } from "./mlflow-http";

/** Milliseconds that one file may take: enough for ten gigabytes at 20 MB/s. */
const transferTimeout = 600_000;

/** Files behind MLflow's artifact proxy (`mlflow server --serve-artifacts`), so that no job needs credentials of the bucket. */
export class ArtifactClient {
  public constructor(private readonly http: MlflowHttp) {}

  /** Uploads every file of a folder below the given artifact address; files that stand there already are replaced. */
  public async uploadFolder(folder: string, artifactUri: string): Promise<void> {
    for (const path of await filesBelow(folder)) {
      await this.upload(join(folder, path), `${artifactUri}/${path}`);
    }
  }

  public async upload(file: string, artifactUri: string): Promise<void> {
    await this.http.send({
      method: "PUT",
      path: this.proxyPath(artifactUri),
      idempotent: true,
      body: () => ({
        content: Readable.toWeb(createReadStream(file)),
        type: "application/octet-stream",
      }),
      timeout: transferTimeout,
    });
  }

  /** Downloads everything below an artifact address into a folder, which is made. */
  public async downloadFolder(artifactUri: string, folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const entry of await this.list(artifactUri)) {
      const target = join(folder, entry.name);
      if (entry.isFolder) await this.downloadFolder(`${artifactUri}/${entry.name}`, target);
      else await this.download(`${artifactUri}/${entry.name}`, target);
    }
  }

  public async download(artifactUri: string, file: string): Promise<void> {
    const path = this.proxyPath(artifactUri);
    const response = await this.http.send({ method: "GET", path, idempotent: true, timeout: transferTimeout });
    await mkdir(dirname(file), { recursive: true });
    // A transfer that breaks leaves no file under the final name.
    const partial = `${file}.partial`;
    const content = response.body === null ? [] : Readable.fromWeb(response.body);
    await pipeline(content, createWriteStream(partial));
    await rename(partial, file);
  }

  private async list(artifactUri: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
    const below = encodeURIComponent(this.locate(artifactUri).join("/"));
    const path = `/api/2.0/mlflow-artifacts/artifacts?path=${below}`;
    const response = await this.http.send({ method: "GET", path, idempotent: true, timeout: 60_000 });
    const answer = (await response.json()) as { files?: readonly { path: string; is_dir?: boolean }[] };
    return (answer.files ?? []).map((entry) => ({
      name: plainName(entry.path, artifactUri),
      isFolder: entry.is_dir ?? false,
    }));
  }

  private proxyPath(artifactUri: string): string {
    return `/api/2.0/mlflow-artifacts/artifacts/${this.locate(artifactUri).map(encodeURIComponent).join("/")}`;
  }

  /** Folders and file of a `mlflow-artifacts:` address; one of another host would carry our credentials there. */
  private locate(artifactUri: string): readonly string[] {
    const match = /^mlflow-artifacts:(?:\/\/(?<host>[^/]*))?\/(?<path>.+)$/s.exec(artifactUri);
    const host = match?.groups?.host ?? "";
    if (match === null || (host !== "" && host !== new URL(this.http.server.uri).host)) {
      throw new BrokenEnvironmentError(
        `the artifacts at ${artifactUri} are not behind the artifact proxy of ${this.http.server.uri}`,
        "Start the server with --serve-artifacts and an experiment whose artifact location is mlflow-artifacts:/...",
      );
    }
    return match.groups!.path!.split("/").map((name) => plainName(name, artifactUri));
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = posix.relative(folder, posix.join(entry.parentPath, entry.name));
    if (entry.isFile()) paths.push(path);
    else if (!entry.isDirectory()) {
      throw new RefusedError("irregular-file", `${path} is not a regular file`, "Upload regular files only.");
    }
  }
  return paths.sort();
}

/** Names in the registry become parts of paths, local and on the server: one that leads elsewhere is refused. */
function plainName(name: string, artifactUri: string): string {
  if (name === "" || name === "." || name === ".." || /[/\\\0]/.test(name)) {
    throw new RefusedError(
      "artifact-path-unsafe",
      `the registry names a file ${JSON.stringify(name)} in ${artifactUri}, which leads out of its folder`,
      "Look into the registry: somebody put it there. Register the model again.",
    );
  }
  return name;
}
