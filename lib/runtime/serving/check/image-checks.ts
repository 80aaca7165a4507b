import { ServingVariable } from "../../../blueprint/serving/serving-contract";
import type { ImageFacts } from "./image-facts";
import { broken, type Concern, type Finding, type ServingCheck } from "./serving-check";

const numericUser: ServingCheck = {
  id: "image-user-not-root",
  demands: "the image names a user by number, and it is not root",
  remedy: "Write USER 65532:65532: a cluster that refuses root cannot look up a name.",
};

const labelsNameModel: ServingCheck = {
  id: "image-labels-name-model",
  demands: "a label of the image names the digest of the model in it",
  remedy: "Let `slipway package` build the image, or add a label whose value is the model's digest.",
};

const noSecrets: ServingCheck = {
  id: "image-holds-no-secrets",
  demands: "no variable of the image holds what looks like a secret",
  remedy: "Give secrets to the container when it runs: whoever can pull the image can read its variables.",
};

const secretName = /(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE_?KEY|ACCESS_?KEY|API_?KEY)/i;
const secretValue =
  /(^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@]+@|-----BEGIN|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|glpat-)/;

/** What an image shows before anything of it runs. */
export function imageChecks(facts: ImageFacts): Concern {
  return {
    checks: [numericUser, labelsNameModel, noSecrets],
    needs: "nothing",
    run({ modelDigest }) {
      const findings: Finding[] = [];
      const [user = ""] = facts.user.split(":");
      if (!/^\d+$/.test(user) || Number(user) === 0) {
        findings.push(broken(numericUser, facts.user === "" ? "it names no user" : `its user is ${facts.user}`));
      }
      if (modelDigest === null || !Object.values(facts.labels).includes(modelDigest)) {
        findings.push(
          broken(
            labelsNameModel,
            modelDigest === null ? `$${ServingVariable.modelDigest} is not set` : `no label is ${modelDigest}`,
          ),
        );
      }
      // Names only: a message must not carry the secret on.
      const secrets = facts.variables
        .map((variable) => variable.split(/=(.*)/s))
        .filter(([name = "", value = ""]) => value !== "" && (secretName.test(name) || secretValue.test(value)))
        .map(([name]) => name!);
      if (secrets.length > 0) findings.push(broken(noSecrets, secrets.join(", ")));
      return Promise.resolve(findings);
    },
  };
}
