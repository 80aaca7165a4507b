import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as ts from "typescript";

/**
 * Every TypeScript block of the README and the guides is compiled as a module of its own with the project's settings.
 * A block may begin with `// given: <file>`: that file under docs/given declares the names the block leaves out.
 */
interface Example {
  readonly name: string;
  readonly text: string;
}

const pages = [
  "README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" }).map((file) => join("docs", file)),
]
  .filter((file) => file.endsWith(".md") && !file.startsWith(join("docs", "api")))
  .filter((file) => ts.sys.fileExists(file));

const examples = pages.flatMap(examplesIn);

function examplesIn(page: string): Example[] {
  const blocks = readFileSync(page, "utf8").matchAll(/^```ts\n([\s\S]*?)^```/gm);
  return [...blocks].map(([, code], index) => ({
    name: join(dirname(page), `${page.slice(dirname(page).length).replace(/\W+/g, "-")}-${index + 1}.ts`),
    text: withGivenNames(code!),
  }));
}

function withGivenNames(code: string): string {
  const given = /^\/\/ given: (\S+)\n/.exec(code)?.[1];
  const names = given === undefined ? "" : readFileSync(join("docs/given", given), "utf8");
  return `${names}\n${code}\nexport {};\n`;
}

function problemsIn(modules: readonly Example[]): string[] {
  const config = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ".");
  const texts = new Map(modules.map(({ name, text }) => [name, text]));
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  host.fileExists = (file) => texts.has(file) || onDisk.fileExists(file);
  host.readFile = (file) => texts.get(file) ?? onDisk.readFile(file);
  host.getSourceFile = (file, version) => {
    const text = texts.get(file);
    return text === undefined ? onDisk.getSourceFile(file, version) : ts.createSourceFile(file, text, version);
  };
  const lenient = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  const program = ts.createProgram([...texts.keys()], lenient, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map((found) => `${found.file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(found.messageText, "\n")}`);
}

test("the TypeScript in README and guides compiles", () => {
  expect(problemsIn(examples)).toEqual([]);
});

test("a page that names what the package does not have is found", () => {
  const wrong = {
    name: join("docs", "wrong.ts"),
    text: 'import { NoSuchConstruct } from "slipway";\nexport { NoSuchConstruct };',
  };
  expect(problemsIn([wrong])).toEqual([expect.stringContaining("NoSuchConstruct")]);
});
