import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MlflowError, MlflowHttp, type MlflowRequest } from "../../../lib/runtime/mlflow/mlflow-http";
import { trackingServerFrom } from "../../../lib/runtime/mlflow/tracking-server";
import { BrokenEnvironmentError } from "../../../lib/runtime/refusals";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const question: MlflowRequest = { method: "GET", path: "/api", idempotent: true, timeout: 30_000 };
const creation: MlflowRequest = { method: "POST", path: "/api", idempotent: false, timeout: 30_000 };
const atOnce = [0, 0, 0];

let server: Server;
let seen: IncomingMessage[];
let answers: Answer[];

beforeEach(async () => {
  seen = [];
  answers = [];
  server = createServer((request, response) => {
    seen.push(request);
    request.resume();
    (answers.shift() ?? answer(200, "{}"))(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function answer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

const hangUp: Answer = (request) => request.socket.destroy();

function client(environment: Record<string, string> = {}): MlflowHttp {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new MlflowHttp(trackingServerFrom({ MLFLOW_TRACKING_URI: address, ...environment })!, atOnce);
}

test("an idempotent request outlives errors of the server and broken connections", async () => {
  answers = [answer(503, "busy"), hangUp, answer(500, "{}")];
  const response = await client().send(question);
  expect(response.status).toBe(200);
  expect(seen).toHaveLength(4);
});

test("what would be made twice is sent once", async () => {
  answers = [answer(503, "busy")];
  await expect(client().send(creation)).rejects.toThrow(MlflowError);
  answers = [hangUp];
  await expect(client().send(creation)).rejects.toThrow(BrokenEnvironmentError);
  expect(seen).toHaveLength(2);
});

test("a request that the server refused to work on is repeated even when it makes something", async () => {
  answers = [answer(429, "slow down", { "retry-after": "0" })];
  expect((await client().send(creation)).status).toBe(200);
});

test("gives up with the server's last words", async () => {
  answers = Array.from({ length: 4 }, () =>
    answer(500, JSON.stringify({ error_code: "INTERNAL_ERROR", message: "disk full" })),
  );
  const error = await client()
    .send(question)
    .then(fail, (reason: unknown) => reason as MlflowError);
  expect(error).toMatchObject({ status: 500, code: "INTERNAL_ERROR", remedy: expect.stringContaining("log") });
  expect(error.message).toMatch(/answered 500 to GET \/api: disk full$/);
  expect(seen).toHaveLength(4);
});

test("an error of the client's own is not repeated", async () => {
  answers = [answer(404, JSON.stringify({ error_code: "RESOURCE_DOES_NOT_EXIST", message: "no such run" }))];
  await expect(client().send(question)).rejects.toMatchObject({ code: "RESOURCE_DOES_NOT_EXIST" });
  expect(seen).toHaveLength(1);
});

test("a server that repeats the credentials does not get them into the message", async () => {
  answers = [
    (request, response) => response.writeHead(401).end(`bad login: ${request.headers.authorization} for hunter2`),
  ];
  const mlflow = client({ MLFLOW_TRACKING_USERNAME: "ann", MLFLOW_TRACKING_PASSWORD: "hunter2" });
  const error = await mlflow.send(question).then(fail, (reason: unknown) => reason as MlflowError);
  expect(error.message).toContain("bad login: Basic *** for ***");
  expect(error.remedy).toContain("MLFLOW_TRACKING_USERNAME");
  expect(seen[0]!.headers.authorization).toMatch(/^Basic /);
});

test("follows no redirect, which could take the credentials elsewhere", async () => {
  answers = [answer(302, "", { location: "https://elsewhere.example.com/" })];
  await expect(client().send(question)).rejects.toMatchObject({
    remedy: "Set MLFLOW_TRACKING_URI to the address it leads to: https://elsewhere.example.com/.",
  });
});

test("names the address when nobody listens there", async () => {
  const mlflow = client();
  await new Promise((resolve) => server.close(resolve));
  await expect(mlflow.send(creation)).rejects.toThrow(/did not answer POST \/api: .*ECONNREFUSED/);
  await new Promise<void>((resolve) => server.listen(0, resolve));
});

function fail(): never {
  throw new Error("expected an error");
}
