import { isDigest } from "../handoff/folder-digest";
import { packHandoff, unpackHandoff } from "../handoff/packed-folder";
import { handoffNames, isHandoffName } from "../handoff/takes";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "handoff",
  summary: "pack or unpack a folder that one job hands to another, by digest",
  description: `pack writes a hand-off of the working folder to packed/<handoff>/, the folder that travels to other jobs. The data
and the labels are sealed with libsodium for SLIPWAY_HANDOFF_RECIPIENT where the job names one.

unpack puts packed/<handoff>/ back in its place, opening it with SLIPWAY_HANDOFF_KEY where it is sealed, and refuses it unless its
plain content has the digest that the giving job named. Links, special files and paths that leave the folder are refused.`,
  manifest: "none",
  arguments: [
    { name: "action", summary: "what to do", choices: ["pack", "unpack"] },
    { name: "handoff", summary: "which folder", choices: handoffNames },
  ],
  options: [{ name: "digest", value: "sha256:...", summary: "what the giving job said; required by unpack" }],
  async run({ work, env, out }, args) {
    const name = args.argument("handoff");
    if (!isHandoffName(name)) {
      throw args.wrong("<handoff>", name, "is no hand-off", `Known are ${handoffNames.join(", ")}.`);
    }
    const packing = args.argument("action") === "pack";
    const { digest, sealed } = packing
      ? await packHandoff(name, work, env)
      : await unpackHandoff(name, expectedDigest(args.requiredText("digest"), args), work, env);
    out.say(`${packing ? "packed" : "unpacked"} ${name} ${digest}${sealed ? ", sealed" : ""}`);
    return { outcome: "passed", report: { handoff: name, digest, sealed } };
  },
};

function expectedDigest(text: string, args: Parameters<CommandModule["run"]>[1]): string {
  if (isDigest(text)) return text;
  throw args.wrong("--digest", text, "is no digest", "Write sha256:<64 hex digits>.");
}
