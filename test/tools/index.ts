export { cacheFolder, shortDigest } from "./cache-folder";
export { goTool, type GoToolName } from "./go-tool";
export { describeWith, reportNotRun } from "./not-run";
export { pythonForEnvironments, pythonProgram, pythonWith, uvProgram, type PythonEnvironmentName } from "./python-with";
export { ToolMissingError } from "./run-program";
