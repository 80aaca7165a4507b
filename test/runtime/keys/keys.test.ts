import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import sodium from "libsodium-wrappers";
import { ed25519Signer } from "../../../lib/runtime/signing/ed25519-signer";
import { ModelRepository } from "../a-model-repository";

/** GitHub's environment secrets and variables: opens what is put with the key that it gave out. */
class Environments {
  public readonly secrets = new Map<string, string>();
  public readonly variables = new Map<string, string>();
  public readonly unencrypted: string[] = [];
  private readonly key = sodium.crypto_box_keypair();
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request, response);
  });

  public async start(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    this.unencrypted.push(text);
    const [, environment, kind, name] =
      /^\/repos\/acme\/insurance-risk\/environments\/([^/]+)\/(secrets|variables)\/?(.*)$/.exec(request.url!)!;
    const send = (status: number, body: object = {}): void => void response.writeHead(status).end(JSON.stringify(body));
    if (request.headers.authorization !== "Bearer token") {
      send(401);
      return;
    }
    const body = (text === "" ? {} : JSON.parse(text)) as Record<string, string>;
    const at = `${environment!}: ${name === "" ? body.name! : name!}`;
    const kept = kind === "secrets" ? this.secrets : this.variables;
    if (name === "public-key") {
      send(200, { key_id: "1", key: Buffer.from(this.key.publicKey).toString("base64") });
    } else if (request.method === "PUT") {
      const sealed = Buffer.from(body.encrypted_value!, "base64");
      const opened = sodium.crypto_box_seal_open(sealed, this.key.publicKey, this.key.privateKey);
      kept.set(at, Buffer.from(opened).toString());
      send(201);
    } else if (request.method === "POST") {
      kept.set(at, body.value!);
      send(201);
    } else if (!kept.has(at)) {
      send(404);
    } else {
      if (request.method === "DELETE") kept.delete(at);
      if (request.method === "PATCH") kept.set(at, body.value!);
      send(request.method === "GET" ? 200 : 204);
    }
  }
}

let repository: ModelRepository;
let github: Environments;
let env: Record<string, string>;
beforeEach(async () => {
  await sodium.ready;
  repository = new ModelRepository({ signing: { kind: "ed25519" } }, { repository: "acme/insurance-risk" });
  github = new Environments();
  env = { GITHUB_API_URL: await github.start(), GH_TOKEN: "token" };
});
afterEach(() => {
  github.stop();
  repository.remove();
});

test("install puts each key where the jobs read it, and shows the public half alone", async () => {
  const called = await repository.slipway(["keys", "install"], env);
  expect(called).toMatchObject({ exitCode: 0 });
  expect([...github.secrets.keys()].sort()).toEqual(
    expect.arrayContaining([
      "insurance-risk-data: SLIPWAY_HANDOFF_KEY",
      "insurance-risk-gate: SLIPWAY_HANDOFF_KEY",
      "insurance-risk-gate: SLIPWAY_SIGNING_KEY",
    ]),
  );
  expect(github.secrets.has("insurance-risk-training: SLIPWAY_SIGNING_KEY")).toBe(false);
  const signing = github.secrets.get("insurance-risk-gate: SLIPWAY_SIGNING_KEY")!;
  const handoff = github.secrets.get("insurance-risk-data: SLIPWAY_HANDOFF_KEY")!;
  expect(ed25519Signer(signing).name).toContain("ed25519 key");
  const recipient = sodium.crypto_scalarmult_base(Buffer.from(handoff, "base64"));
  expect(called.document.handoffRecipient).toBe(Buffer.from(recipient).toString("base64"));
  expect(new Set(github.variables.values())).toEqual(new Set([called.document.handoffRecipient]));
  const shown = JSON.stringify(called) + github.unencrypted.join("");
  for (const secret of [signing.split("\n")[1]!, handoff]) expect(shown).not.toContain(secret);
});

test("rotate replaces keys, and only where there are some", async () => {
  expect(await repository.slipway(["keys", "rotate"], env)).toMatchObject({ exitCode: 2 });
  await repository.slipway(["keys", "install"], env);
  const before = new Map(github.secrets);
  expect(await repository.slipway(["keys", "rotate"], env)).toMatchObject({ exitCode: 0 });
  expect([...github.secrets.keys()]).toEqual([...before.keys()]);
  for (const [name, value] of github.secrets) expect(value).not.toBe(before.get(name));
});

test("revoke leaves no private key", async () => {
  await repository.slipway(["keys", "install"], env);
  expect(await repository.slipway(["keys", "revoke"], env)).toMatchObject({ exitCode: 0 });
  expect([...github.secrets.keys()]).toEqual([]);
});

test("a missing or refused token is a broken environment", async () => {
  expect(await repository.slipway(["keys", "install"], {})).toMatchObject({ exitCode: 5 });
  expect(await repository.slipway(["keys", "install"], { ...env, GH_TOKEN: "other" })).toMatchObject({ exitCode: 5 });
});

test("create writes private files for their owner alone, and overwrites none", async () => {
  const folder = join(repository.folder, "keys");
  expect(await repository.slipway(["keys", "create", "--out", folder])).toMatchObject({ exitCode: 0 });
  for (const name of ["signing-key.pem", "handoff-key"]) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
  const first = readFileSync(join(folder, "signing-key.pem"), "utf8");
  expect(await repository.slipway(["keys", "create", "--out", folder])).toMatchObject({ exitCode: 2 });
  expect(readFileSync(join(folder, "signing-key.pem"), "utf8")).toBe(first);
});
