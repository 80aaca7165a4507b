import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { bytesBlob, blobFrom, readBlob } from "../../../../lib/runtime/oci/blobs";
import { registryCredentials } from "../../../../lib/runtime/oci/credentials/registry-credentials";
import { ImagePlaces } from "../../../../lib/runtime/oci/open-image";
import { parseReference } from "../../../../lib/runtime/oci/reference";
import { readChallenges } from "../../../../lib/runtime/oci/registry/challenge";
import { temporaryFolder } from "../../temporary-folder";
import { LocalServer, SmallRegistry } from "./small-registry";

const top = temporaryFolder();
const blob = bytesBlob("application/octet-stream", Buffer.from("a blob"));
const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;
const servers: LocalServer[] = [];
afterAll(() => {
  for (const server of servers) server.stop();
});

async function serve(handler: Parameters<typeof LocalServer.start>[0]): Promise<LocalServer> {
  const server = await LocalServer.start(handler);
  servers.push(server);
  return server;
}

/** Environment of a job that has credentials for one registry, and nothing else that could be found. */
function envFor(host: string): Record<string, string> {
  return {
    HOME: top,
    SLIPWAY_REGISTRY: host,
    SLIPWAY_REGISTRY_USERNAME: "ada",
    SLIPWAY_REGISTRY_PASSWORD: "pass:word",
  };
}

/** A registry that wants tokens, and the server that gives them to ada; a token is good for the scopes it was asked for. */
async function registryWithTokens() {
  const registry = new SmallRegistry({
    mounts: true,
    before: (request, response) => {
      const name = /^\/v2\/(.+?)\/(?:blobs|manifests|referrers)\//.exec(request.url!)![1]!;
      const right = request.method === "GET" || request.method === "HEAD" ? /pull/ : /push/;
      const scopes = Buffer.from(request.headers.authorization?.replace("Bearer ", "") ?? "", "base64").toString();
      if (scopes.split(" ").some((scope) => scope.startsWith(`repository:${name}:`) && right.test(scope))) return false;
      response
        .writeHead(401, { "www-authenticate": `Bearer realm="http://${tokens.host}/token",service="small, but real"` })
        .end();
      return true;
    },
  });
  const tokens = await serve((request, response) => {
    const url = new URL(request.url!, "http://tokens");
    const allowed =
      request.headers.authorization === basic("ada:pass:word") && url.searchParams.get("service") === "small, but real";
    const token = Buffer.from(url.searchParams.getAll("scope").join(" ")).toString("base64");
    response.writeHead(allowed ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify({ token }));
  });
  const server = await serve(registry.handle);
  return { registry, server, tokens };
}

describe("tokens", () => {
  test("are asked for per repository and right, once, and are all that the registry sees", async () => {
    const { registry, server, tokens } = await registryWithTokens();
    registry.put("base", Buffer.from("a blob"));
    const places = new ImagePlaces(envFor(server.host), []);
    const destination = places.destination(parseReference(`${server.host}/team/risk`));
    const source = places.source(parseReference(`${server.host}/base`));
    expect(await destination.putBlob(blobFrom(source, blob.descriptor))).toBe("mounted");
    expect(await destination.putBlob(bytesBlob("x", Buffer.from("other")))).toBe("written");
    const scopes = tokens.seen.map(({ url }) => new URL(url, "http://x").searchParams.getAll("scope"));
    expect(scopes).toEqual([
      ["repository:team/risk:pull,push"],
      ["repository:team/risk:pull,push", "repository:base:pull"],
    ]);
    for (const { authorization } of server.seen) expect(authorization ?? "Bearer").toMatch(/^Bearer/);
  });

  test("that are refused are an end that names no secret", async () => {
    const { server } = await registryWithTokens();
    const env = { ...envFor(server.host), SLIPWAY_REGISTRY_PASSWORD: "wrong-secret" };
    const failure = await new ImagePlaces(env, [])
      .source(parseReference(`${server.host}/a`))
      .named("v1")
      .catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({
      name: "BrokenEnvironmentError",
      message: expect.stringContaining("gives no token"),
    });
    expect(JSON.stringify([failure, (failure as Error).message])).not.toContain("wrong-secret");
  });

  test("are not asked for at a token server on another machine over plain HTTP", async () => {
    const server = await serve((_, response) => {
      response.writeHead(401, { "www-authenticate": 'Bearer realm="http://tokens.example.com/token"' }).end();
    });
    await expect(
      new ImagePlaces(envFor(server.host), []).source(parseReference(`${server.host}/a`)).named("v1"),
    ).rejects.toMatchObject({ message: expect.stringContaining("is not asked: http://tokens.example.com") });
  });
});

describe("credentials for the registry", () => {
  const asked = (answer: (request: IncomingMessage, response: ServerResponse) => void) => serve(answer);

  test("go to it by Basic authentication, and never where it redirects to, even when that asks for them", async () => {
    const thief = await asked((_, response) => response.writeHead(200).end(JSON.stringify({ token: "t" })));
    const elsewhere = await asked((request, response) => {
      if (request.headers.authorization !== undefined) response.writeHead(200).end("a blob");
      else if (request.url === "/open") response.writeHead(200).end("a blob");
      else response.writeHead(401, { "www-authenticate": `Bearer realm="http://${thief.host}/token"` }).end();
    });
    const server = await asked((request, response) => {
      if (request.headers.authorization !== basic("ada:pass:word")) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="registry"' }).end();
      } else
        response
          .writeHead(307, {
            location: `http://${elsewhere.host}/${request.url!.includes("/open/") ? "open" : "closed"}`,
          })
          .end();
    });
    const places = new ImagePlaces(envFor(server.host), []);
    const open = await readBlob(places.source(parseReference(`${server.host}/open`)), blob.descriptor);
    expect(Buffer.from(open).toString()).toBe("a blob");
    // The second time the registry is asked with credentials at once, so that the first 401 is the other host's.
    for (const attempt of ["first", "second"]) {
      const closed = places.source(parseReference(`${server.host}/closed`)).blob(blob.descriptor);
      await expect(closed.catch((error: unknown) => `${attempt}: ${String(error)}`)).resolves.toContain("401");
    }
    expect(elsewhere.seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined, undefined]);
    expect(thief.seen).toEqual([]);
  });

  test("do not go where an upload is sent", async () => {
    const elsewhere = await asked((_, response) => response.writeHead(201).end());
    const server = await asked((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
      else if (request.method === "HEAD") response.writeHead(404).end();
      else response.writeHead(202, { location: `http://${elsewhere.host}/upload` }).end();
    });
    const destination = new ImagePlaces(envFor(server.host), []).destination(parseReference(`${server.host}/a`));
    expect(await destination.putBlob(blob)).toBe("written");
    expect(elsewhere.seen).toMatchObject([{ method: "PUT", authorization: undefined }]);
  });

  test.each(["http://blobs.example.com/x", "file:///etc/passwd", "ftp://127.0.0.1/x"])(
    "a redirect to %s is not followed",
    async (location) => {
      const server = await asked((_, response) => response.writeHead(302, { location }).end());
      await expect(
        new ImagePlaces({ HOME: top }, []).source(parseReference(`${server.host}/a`)).blob(blob.descriptor),
      ).rejects.toThrow(/leads to an address that is not followed/);
    },
  );

  test("are not sent to another registry", async () => {
    const other = await asked((_, response) => response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end());
    const failing = new ImagePlaces(envFor("registry.example.com"), [])
      .source(parseReference(`${other.host}/a`))
      .named("v1");
    await expect(failing).rejects.toMatchObject({ remedy: expect.stringContaining(`docker login ${other.host}`) });
    expect(other.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test("do not show where the registry repeats them", async () => {
    const server = await asked((request, response) => {
      const authorization = request.headers.authorization ?? "";
      const [status, body] = authorization === "" ? [401, ""] : [403, `no: ${authorization} pass:word`];
      response.writeHead(status, { "www-authenticate": "Basic realm=x" }).end(body);
    });
    const failure = (await new ImagePlaces(envFor(server.host), [])
      .destination(parseReference(`${server.host}/a`))
      .publish({ descriptor: blob.descriptor, bytes: Buffer.from("{}") }, "v1")
      .catch((error: unknown) => error)) as Error;
    expect(failure.message).toContain("no: Basic *** ***");
  });
});

describe("where credentials come from", () => {
  const auth = (text: string): { auth: string } => ({ auth: Buffer.from(text).toString("base64") });
  /** A docker configuration in a folder of its own. */
  const config = (value: unknown): { folder: string; file: string } => {
    const folder = mkdtempSync(join(top, "docker-"));
    const file = join(folder, "config.json");
    writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
    return { folder, file };
  };
  const helper = (name: string, script: string): string => {
    const folder = mkdtempSync(join(top, "bin-"));
    writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, `docker-credential-${name}`), 0o755);
    return `${folder}:${process.env.PATH!}`;
  };
  const ada = { kind: "password", username: "ada", password: "x:y" };

  test("DOCKER_CONFIG, then REGISTRY_AUTH_FILE before it, then the home folder", async () => {
    const auths = { "ghcr.io": auth("ada:x:y") };
    const { folder, file } = config({ auths });
    expect(await registryCredentials("ghcr.io", { HOME: top, DOCKER_CONFIG: folder })).toEqual(ada);
    const other = config({ auths: { "ghcr.io": auth("bob:z") } }).file;
    expect(
      await registryCredentials("ghcr.io", { HOME: top, DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: other }),
    ).toMatchObject({ username: "bob" });
    expect(await registryCredentials("ghcr.io", { HOME: top, REGISTRY_AUTH_FILE: file })).toEqual(ada);
    expect(await registryCredentials("ghcr.io", { HOME: top })).toBeNull();
  });

  test.each([
    ["docker.io", { "https://index.docker.io/v1/": auth("ada:x:y") }],
    ["localhost:5000", { "http://localhost:5000": auth("ada:x:y") }],
    ["ghcr.io", { "https://ghcr.io/v2/": auth("ada:x:y") }],
    ["ghcr.io", { "ghcr.io": { username: "ada", password: "x:y" } }],
  ])("%s by the key %j", async (registry, auths) => {
    const { folder } = config({ auths });
    expect(await registryCredentials(registry, { DOCKER_CONFIG: folder })).toEqual(ada);
  });

  test("no host is taken for another", async () => {
    const { folder } = config({
      auths: { "ghcr.io": auth("ada:x:y"), "example.com/team": auth("ada:x:y"), "": auth("ada:x:y") },
    });
    for (const registry of ["ghcr.io.evil.example", "evil-ghcr.io", "ghcr.io:444", "example.com", "docker.io"]) {
      expect(await registryCredentials(registry, { DOCKER_CONFIG: folder })).toBeNull();
    }
  });

  test("identity and registry tokens", async () => {
    const { folder } = config({
      auths: { "a.io": { ...auth("00:"), identitytoken: "i" }, "b.io": { registrytoken: "r" } },
    });
    expect(await registryCredentials("a.io", { DOCKER_CONFIG: folder })).toEqual({
      kind: "identity-token",
      token: "i",
    });
    expect(await registryCredentials("b.io", { DOCKER_CONFIG: folder })).toEqual({ kind: "bearer-token", token: "r" });
  });

  test("a helper of the registry, then the store, then the file", async () => {
    const script = `read host; [ "$host" = a.io ] && echo '{"Username":"ada","Secret":"x:y"}' && exit; echo credentials not found in native keychain; exit 1`;
    const PATH = helper("test", script);
    const helpers = config({
      credHelpers: { "a.io": "test", "b.io": "test" },
      auths: { "b.io": auth("ada:x:y") },
    }).folder;
    expect(await registryCredentials("a.io", { DOCKER_CONFIG: helpers, PATH })).toEqual(ada);
    expect(await registryCredentials("b.io", { DOCKER_CONFIG: helpers, PATH })).toBeNull();
    const store = config({ credsStore: "test", auths: { "a.io": {}, "b.io": auth("ada:x:y") } }).folder;
    expect(await registryCredentials("a.io", { DOCKER_CONFIG: store, PATH })).toEqual(ada);
    expect(await registryCredentials("b.io", { DOCKER_CONFIG: store, PATH })).toEqual(ada);
  });

  test("an identity token of a helper", async () => {
    const PATH = helper("azure", `echo '{"Username":"<token>","Secret":"i"}'`);
    const { folder } = config({ credsStore: "azure" });
    expect(await registryCredentials("a.azurecr.io", { DOCKER_CONFIG: folder, PATH })).toEqual({
      kind: "identity-token",
      token: "i",
    });
  });

  test.each([
    ["a helper that fails", { credsStore: "fails" }, "ended with 3"],
    ["a helper that is missing", { credsStore: "missing" }, "is not on the path"],
    ["a helper that is a path", { credsStore: "../../bin/evil" }, "no name of a helper"],
    ["a file that is no JSON", "{", "cannot be read as the configuration"],
    ["credentials that are none", { auths: { "a.io": { auth: "AAAA" } } }, "cannot be read"],
  ])("%s is said", async (_, value, says) => {
    const PATH = helper("fails", "echo s3cret; exit 3");
    const failure = registryCredentials("a.io", { DOCKER_CONFIG: config(value).folder, PATH });
    await expect(failure).rejects.toMatchObject({
      name: "BrokenEnvironmentError",
      message: expect.stringContaining(says),
    });
    await expect(failure).rejects.not.toThrow(/s3cret/);
  });

  test("explicit credentials without a host, or by halves, are said", async () => {
    await expect(registryCredentials("a.io", { SLIPWAY_REGISTRY_PASSWORD: "x" })).rejects.toThrow(
      /not for which registry/,
    );
    await expect(
      registryCredentials("a.io", { SLIPWAY_REGISTRY: "a.io", SLIPWAY_REGISTRY_PASSWORD: "x" }),
    ).rejects.toThrow(/not complete/);
  });

  test("Amazon ECR by the job's AWS identity", async () => {
    const aws = await serve((request, response) => {
      const asks = request.headers["x-amz-target"] === "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
      const signed = /^AWS4-HMAC-SHA256 Credential=AK\/\d{8}\/eu-west-1\/ecr\/aws4_request/.test(
        request.headers.authorization ?? "",
      );
      const authorizationToken = Buffer.from("AWS:x:y").toString("base64");
      response
        .writeHead(asks && signed ? 200 : 400)
        .end(JSON.stringify({ authorizationData: [{ authorizationToken }] }));
    });
    const env = {
      HOME: top,
      AWS_ACCESS_KEY_ID: "AK",
      AWS_SECRET_ACCESS_KEY: "SK",
      AWS_ENDPOINT_URL_ECR: `http://${aws.host}`,
    };
    const registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    expect(await registryCredentials(registry, env)).toEqual({ kind: "password", username: "AWS", password: "x:y" });
    await expect(registryCredentials(registry, { HOME: top })).rejects.toThrow(/no AWS identity/);
    expect(await registryCredentials(`${registry}.evil.example`, env)).toBeNull();
  });
});

test.each([
  [null, []],
  ['Basic realm="x"', [{ scheme: "basic" }]],
  ["bearer realm=https://t/x,service=s", [{ scheme: "bearer", realm: "https://t/x", service: "s" }]],
  [
    'Bearer realm="https://t/x?a=b,c",error="invalid \\"token\\""',
    [{ scheme: "bearer", realm: "https://t/x?a=b,c", service: null }],
  ],
  [
    'Negotiate, Bearer service="s", realm="https://t/", Basic realm="y"',
    [{ scheme: "bearer", realm: "https://t/", service: "s" }, { scheme: "basic" }],
  ],
  ['Bearer service="Basic realm=x"', []],
])("the challenge %j", (header, challenges) => {
  expect(readChallenges(header)).toEqual(challenges);
});
