import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { CommandContext } from "../command-context";
import { createHandoffKeyPair } from "../handoff/sodium";
import { GitHubEnvironments } from "../keys/github-environments";
import { installKeys, missingKeys, revokeKeys } from "../keys/pipeline-keys";
import { createSigningKeyPair } from "../keys/signing-key-pair";
import type { Arguments } from "./arguments";
import type { CommandModule, CommandResult } from "./command-module";

const actions = ["create", "install", "rotate", "revoke"] as const;

export const command: CommandModule = {
  name: "keys",
  summary: "create, install, rotate and revoke signing and hand-off keys",
  description: `create writes a new ed25519 signing key pair and a hand-off key pair into a folder (--out), for a laptop or another
CI; private files are readable by their owner alone.

install creates both for the pipeline and puts them into its GitHub environments: each secret is encrypted for the environment before
it leaves this machine and is written to no file. rotate does the same where keys already are. revoke deletes the private keys.

All three print what to change in the platform program: the signer to name, or to remove. Until an environment names a signer, it
accepts nothing signed by it. The token in GH_TOKEN needs write access to the repository's environments, nothing else.`,
  manifest: (args) => (args.optionalArgument("action") === "create" ? "none" : "required"),
  arguments: [{ name: "action", summary: "what to do", choices: actions }],
  options: [{ name: "out", value: "folder", summary: "where create writes; must not hold keys yet" }],
  async run(context, args) {
    const action = args.argument("action");
    if (action === "create") return createKeys(context, args);
    const { manifest, env, out } = context;
    const { pipeline, repository } = manifest;
    if (repository === null) {
      throw args.wrong(
        "repository",
        null,
        "is not on GitHub",
        "Use `slipway keys create` and install the keys by hand.",
      );
    }
    const github = GitHubEnvironments.of(repository, env);
    if (action === "revoke") {
      const removed = await revokeKeys(pipeline, github);
      for (const each of removed) out.say(`deleted ${each}`);
      out.say(
        "Now remove the signer from the platform program and deploy it: evidence it signed is accepted until then.",
      );
      return { outcome: "passed", report: { deleted: removed } };
    }
    if (action === "rotate") {
      const missing = await missingKeys(pipeline, github);
      if (missing.length > 0) {
        throw args.wrong(
          "action",
          "rotate",
          `finds no key to replace (${missing.join(", ")})`,
          "Use `slipway keys install`.",
        );
      }
    }
    const { signer, handoffRecipient, put } = await installKeys(pipeline, github);
    for (const each of put) out.say(`put ${each}`);
    if (signer !== null) {
      out.say("Name this signer in the platform program and deploy it:");
      out.say(JSON.stringify(signer, null, 2));
      if (action === "rotate") out.say("Keep the old signer until the evidence it signed is promoted or has aged out.");
    }
    return { outcome: "passed", report: { put, signer, handoffRecipient } };
  },
};

async function createKeys({ out }: CommandContext, args: Arguments): Promise<CommandResult> {
  const folder = resolve(args.requiredText("out"));
  const signing = createSigningKeyPair();
  const handoff = await createHandoffKeyPair();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files: readonly (readonly [string, string, number])[] = [
    ["signing-key.pem", signing.privateKey, 0o600],
    ["signing-key.public.pem", signing.publicKey, 0o644],
    ["handoff-key", `${handoff.key}\n`, 0o600],
    ["handoff-recipient", `${handoff.recipient}\n`, 0o644],
  ];
  for (const [name, content, mode] of files) {
    await writeFile(join(folder, name), content, { flag: "wx", mode }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw args.wrong("--out", folder, `holds ${name} already`, "Name another folder; keys are never overwritten.");
    });
    out.say(join(folder, name));
  }
  return {
    outcome: "passed",
    report: { folder, publicKey: signing.publicKey, handoffRecipient: handoff.recipient },
  };
}
