import { cp, mkdir, rm } from "node:fs/promises";
import { digestFolder, isDigest } from "../handoff/folder-digest";
import { handoffMismatch, handoffNames, isHandoffName } from "../handoff/takes";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "handoff",
  summary: "pack or unpack a folder that one job hands to another, by digest",
  description: `pack writes a hand-off of the working folder to packed/<handoff>/, the folder that travels to other jobs.

unpack puts packed/<handoff>/ back in its place and refuses it unless its content has the digest that the giving job named.`,
  manifest: "none",
  arguments: [
    { name: "action", summary: "what to do", choices: ["pack", "unpack"] },
    { name: "handoff", summary: "which folder", choices: handoffNames },
  ],
  options: [{ name: "digest", value: "sha256:...", summary: "what the giving job said; required by unpack" }],
  async run({ work }, args) {
    const name = args.argument("handoff");
    if (!isHandoffName(name))
      throw args.wrong("<handoff>", name, "is no hand-off", `Known are ${handoffNames.join(", ")}.`);
    const [plain, packed] = [work.handoff(name), work.packed(name)];
    if (args.argument("action") === "pack") {
      const { digest } = await digestFolder(plain);
      await rm(packed, { recursive: true, force: true });
      await mkdir(packed, { recursive: true });
      await cp(plain, packed, { recursive: true });
      return { outcome: "passed", report: { handoff: name, digest } };
    }
    const expected = args.requiredText("digest");
    if (!isDigest(expected)) throw args.wrong("--digest", expected, "is no digest", "Write sha256:<64 hex digits>.");
    const { digest } = await digestFolder(packed);
    if (digest !== expected) throw handoffMismatch(name, expected, digest);
    await rm(plain, { recursive: true, force: true });
    await mkdir(plain, { recursive: true });
    await cp(packed, plain, { recursive: true });
    return { outcome: "passed", report: { handoff: name, digest } };
  },
};
