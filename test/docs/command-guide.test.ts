import { readFileSync } from "node:fs";
import { commandGuide, guideFile } from "../../scripts/command-guide";

test("docs/guides/command.md says what the commands say (npx tsx scripts/command-guide.ts)", () => {
  const guide = readFileSync(guideFile, "utf8");
  expect(guide).toBe(commandGuide(guide));
});
