const { cpSync, existsSync } = require("node:fs");
const { join } = require("node:path");

const id = process.env["INPUT_ARTIFACT-IDS"];
if (!/^\d+$/.test(id)) throw new Error(`${JSON.stringify(id)} is no artifact id`);
const source = join(process.env.ACT_ARTIFACTS, "ids", id);
if (!existsSync(source)) throw new Error(`there is no artifact with id ${id}`);
cpSync(source, process.env.INPUT_PATH, { recursive: true });
