export { InvalidInputError, type Problem } from "./blueprint/problems";
