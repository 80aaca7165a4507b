import { join } from "node:path";
import { InvalidInputError, MlPipeline } from "slipway";
import { aStack, requiredProps } from "../a-program";
import { WRONG_PROGRAMS, type WrongProgram } from "./wrong-programs";

/** Messages name folders as they are on this machine. */
const CHECKOUT = join(__dirname, "..");

/** What a program is refused with, and how many constructs the pipeline left behind. */
function refused({ id = "insurance-risk", says }: WrongProgram): { problems: string[]; left: number } {
  const stack = aStack();
  const required = requiredProps(stack);
  let begun = 0;
  const count = (): number => stack.node.findAll().length;
  try {
    const said = says(stack);
    begun = count();
    new MlPipeline(stack, id, { ...required, ...said });
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const lines = error.message.replaceAll(CHECKOUT, "<checkout>").split("\n").slice(1);
    return { problems: lines.map((line) => line.replace(/^ {2}- /, "")), left: begun === 0 ? 0 : count() - begun };
  }
  throw new Error("the program was accepted");
}

describe("a wrong program is refused with everything that is wrong with it, and leaves nothing behind", () => {
  test.each(WRONG_PROGRAMS.map((program) => [program.title, program] as const))("%s", (_, program) => {
    expect(refused(program)).toEqual({ problems: program.problems, left: 0 });
  });
});
