import { bundleModule } from "./bundle-module";

/** The faults that GitHub's own parser finds in a workflow. */
export type ParseWorkflow = (name: string, content: string) => Promise<readonly string[]>;

/** GitHub's own parser of workflow files. */
export function loadWorkflowParser(folder: string): ParseWorkflow {
  const parser = bundleModule("@actions/workflow-parser", folder) as WorkflowParser;
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
