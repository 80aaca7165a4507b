import { createHash, generateKeyPairSync, sign } from "node:crypto";

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

const expires = "2999-01-01T00:00:00Z";

/**
 * A repository of The Update Framework with one target, all its roles held by one key: what a client asks for, by path.
 * https://theupdateframework.github.io/specification/v1.0.31/
 */
export function tufRepository(target: string, content: string): ReadonlyMap<string, string> {
  const key = generateKeyPairSync("ed25519");
  const publicKey = { keytype: "ed25519", scheme: "ed25519", keyval: { public: rawHex() } };
  const keyid = sha256(canonical(publicKey));
  const role = { keyids: [keyid], threshold: 1 };
  const common = { spec_version: "1.0.31", version: 1, expires };
  return new Map([
    [
      "/root.json",
      signed({
        _type: "root",
        ...common,
        consistent_snapshot: false,
        keys: { [keyid]: publicKey },
        roles: { root: role, timestamp: role, snapshot: role, targets: role },
      }),
    ],
    ["/timestamp.json", signed({ _type: "timestamp", ...common, meta: { "snapshot.json": { version: 1 } } })],
    ["/snapshot.json", signed({ _type: "snapshot", ...common, meta: { "targets.json": { version: 1 } } })],
    [
      "/targets.json",
      signed({
        _type: "targets",
        ...common,
        targets: { [target]: { length: Buffer.byteLength(content), hashes: { sha256: sha256(content) } } },
      }),
    ],
    [`/targets/${target}`, content],
  ]);

  function rawHex(): string {
    return Buffer.from(key.publicKey.export({ format: "jwk" }).x!, "base64url").toString("hex");
  }

  function signed(metadata: Json): string {
    const sig = sign(null, Buffer.from(canonical(metadata)), key.privateKey).toString("hex");
    return JSON.stringify({ signed: metadata, signatures: [{ keyid, sig }] });
  }
}

/** Canonical JSON, as far as these documents need it: sorted names, no white space. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_, each: Json) =>
    typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
