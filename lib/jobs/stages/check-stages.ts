import type { StageContext } from "./stage-context";
import type { StatedWork } from "./stage-work";

export function lint(context: StageContext): StatedWork {
  return shell(context, "Lint", context.pipeline.commands.lint!);
}

export function unitTests(context: StageContext): StatedWork {
  return shell(context, "Unit tests", context.pipeline.commands.test!);
}

/** A stage of the user's own: the repository and its Python, nothing else. */
export function custom(context: StageContext, name: string): StatedWork {
  return shell(context, name, context.pipeline.customStages.find((stage) => stage.name === name)!.run);
}

function shell(context: StageContext, title: string, run: string): StatedWork {
  return {
    title,
    holdings: { userCode: true, cache: true },
    steps: [
      { kind: "checkout", only: "everything" },
      context.installPython(),
      { kind: "shell", title, run, directory: context.pipeline.root },
    ],
  };
}
