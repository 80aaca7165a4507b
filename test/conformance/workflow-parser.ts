import { buildSync } from "esbuild";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** The faults that GitHub's own parser finds in a workflow. */
export type ParseWorkflow = (name: string, content: string) => Promise<readonly string[]>;

/**
 * GitHub's own parser of workflow files. The package is of ECMAScript modules that import JSON, which Node reads in no version that
 * these tests run on: it is bundled into one file first.
 */
export function loadWorkflowParser(folder: string): ParseWorkflow {
  const entry = join(folder, "entry.js");
  const bundle = join(folder, "workflow-parser.cjs");
  writeFileSync(
    entry,
    `export { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } from "@actions/workflow-parser";`,
  );
  buildSync({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "error",
    nodePaths: [join(__dirname, "../../node_modules")],
  });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- made a moment ago
  const parser = require(bundle) as WorkflowParser;
  return async (name, content) => {
    const { context, value } = parser.parseWorkflow({ name, content }, new parser.NoOperationTraceWriter());
    const parsed = context.errors.getErrors().map(({ message }) => message);
    if (value === undefined) return [...parsed, "no workflow"];
    const template = await parser.convertWorkflowTemplate(context, value, undefined, {
      errorPolicy: TRY_CONVERSION,
    });
    return [...parsed, ...(template.errors ?? []).map(({ Message }) => Message)];
  };
}

/** The package's `ErrorPolicy.TryConversion`, which it does not export: convert what can be converted, and tell everything. */
const TRY_CONVERSION = 1;

interface WorkflowParser {
  readonly NoOperationTraceWriter: new () => object;
  parseWorkflow(
    file: { readonly name: string; readonly content: string },
    trace: object,
  ): { context: { errors: { getErrors(): readonly { readonly message: string }[] } }; value: object | undefined };
  convertWorkflowTemplate(
    context: object,
    value: object,
    files: undefined,
    options: { readonly errorPolicy: number },
  ): Promise<{ readonly errors?: readonly { readonly Message: string }[] }>;
}
