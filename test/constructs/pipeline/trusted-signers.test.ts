import { generateKeyPairSync } from "node:crypto";
import { InvalidInputError, Signer } from "slipway";
import { trustedSigners } from "../../../lib/runtime/signing/trusted-signers";
import { acceptedPolicies } from "../../../lib/runtime/promotion/accepted-policies";
import { aPipeline, aPolicy, promotingProps } from "../a-program";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (key: typeof publicKey): string =>
  key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }).toString();

function environment(signers?: readonly string[]) {
  const pipeline = aPipeline((stack) => ({
    ...promotingProps(stack),
    ...(signers && { trustedSigners: signers.map((key, index) => Signer.ed25519(`key ${index}`, key)) }),
  }));
  const { variables } = pipeline.delivered.environments.production!;
  return Object.fromEntries(Object.entries(variables).map(([name, { valueInput }]) => [name, valueInput]));
}

describe("what promotion believes", () => {
  test("is read by the command as the program said it", () => {
    expect(trustedSigners(environment([pem(publicKey)]))).toEqual([Signer.ed25519("key 0", pem(publicKey))]);
    expect(trustedSigners(environment())).toMatchObject([{ kind: "keyless", assurance: "ci" }]);
    expect(acceptedPolicies(environment()).gate).toEqual([aPolicy().digest("gate")]);
  });

  test("is never a private key, which Node would take for a public one, nor a key of another kind", () => {
    expect(() => environment([pem(privateKey)])).toThrow("is a private key, and now stands in a program");
    expect(() => environment([pem(privateKey)])).not.toThrow(pem(privateKey).slice(40, 60));
    expect(() => environment([pem(ec.publicKey)])).toThrow("is not an ed25519 key");
    expect(() => environment(["ssh-ed25519 AAAA"])).toThrow(InvalidInputError);
  });
});
