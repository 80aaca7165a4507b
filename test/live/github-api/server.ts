import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Actor, type Json, RepositoryState } from "./repository-state";
import { ROUTES, type Answer } from "./routes";

/** GitHub's REST API as far as the Terraform provider calls it: it keeps what it is told and holds writes against the rulesets. */
export class GitHubApi {
  /** By `owner/name`. */
  public readonly repositories = new Map<string, RepositoryState>();
  /** Calls that no route answers: nothing the provider needs may be among them. */
  public readonly unanswered: string[] = [];
  /** Every write, in order, as `METHOD /path`. */
  public readonly writes: string[] = [];
  private readonly server: Server;

  private constructor(private readonly actors: Readonly<Record<string, Actor>>) {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  /** @param actors - who holds which token */
  public static async start(actors: Readonly<Record<string, Actor>>): Promise<GitHubApi> {
    const api = new GitHubApi(actors);
    await new Promise<void>((resolve) => api.server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  public addRepository(fullName: string, settings: Json = {}): RepositoryState {
    const [owner = "", name = ""] = fullName.split("/");
    const repository = new RepositoryState(owner, { default_branch: "main", visibility: "private", ...settings, name });
    this.repositories.set(fullName, repository);
    return repository;
  }

  /** Squash-merges a pull request as a person does, and removes its branch where the repository says so. */
  public merge(fullName: string, number: number, options: { readonly deleteBranch: boolean }): void {
    const repository = this.repositories.get(fullName)!;
    const pull = repository.pulls.get(number)!;
    repository.git.squash(pull.base, pull.head, pull.title);
    repository.pulls.set(number, { ...pull, state: "closed", merged: true });
    if (options.deleteBranch) repository.git.branches.delete(pull.head);
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = this.route(request, await bodyOf(request));
    const text = body === undefined ? "" : JSON.stringify(body);
    const etag = `"${createHash("sha1").update(text).digest("hex")}"`;
    if (request.method === "GET" && status === 200 && request.headers["if-none-match"] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    response.writeHead(status, { "content-type": "application/json", etag, "x-github-request-id": "1" }).end(text);
  }

  private route(request: IncomingMessage, body: Json): Answer {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const path = pathname.replace(/^\/api\/v3/, "");
    const method = request.method ?? "GET";
    const actor = this.actors[(request.headers.authorization ?? "").replace(/^Bearer /, "")];
    if (actor === undefined) return { status: 401, body: { message: "Bad credentials" } };
    for (const [routeMethod, pattern, handle] of ROUTES) {
      const match = routeMethod === method ? pattern.exec(path) : null;
      if (match === null) continue;
      if (method !== "GET") this.writes.push(`${method} ${path}`);
      const args = match
        .slice(1)
        .map((each: string | undefined) => (each === undefined ? "" : decodeURIComponent(each)));
      return handle({ actor, body, query: searchParams, args, repositories: this.repositories, url: this.url });
    }
    this.unanswered.push(`${method} ${path}`);
    return { status: 404, body: { message: "Not Found" } };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text === "" ? {} : (JSON.parse(text) as Json);
}
