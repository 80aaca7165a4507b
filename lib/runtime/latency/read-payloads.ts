import { readFile } from "node:fs/promises";
import { InvalidInputError, Problems } from "../../blueprint/problems";

/**
 * Request bodies from a file of JSON lines: each line that is not empty is one body, sent as it stands.
 *
 * @throws InvalidInputError naming every line that is no JSON, or that the file cannot be read or holds none
 */
export async function readPayloads(file: string): Promise<readonly string[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new InvalidInputError("payloads", [
      {
        path: "payloads",
        value: file,
        says: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
        remedy: "Name a file with one request body in each line.",
      },
    ]);
  });
  const problems = new Problems();
  const bodies: string[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "") return;
    if (isJson(line)) bodies.push(line);
    // The line itself may hold what nobody should see in a log.
    else problems.add(`payloads:${index + 1}`, file, "is no JSON", "Write one request body in each line.");
  });
  if (text.trim() === "") problems.add("payloads", file, "holds no request", "Write one request body in each line.");
  problems.throwIfAny("payloads");
  return bodies;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
