import { BrokenEnvironmentError, RefusedError } from "../refusals";

/** Says in Slipway's terms why npm could not install the runtime. */
export function npmRefusal(report: string, log: string): RefusedError | BrokenEnvironmentError {
  const code = /^npm (?:error|ERR!) code (\w+)$/m.exec(report)?.[1];
  const said = report.trimEnd().split("\n").slice(-12).join("\n");
  if (code === "EINTEGRITY") {
    return new RefusedError(
      "runtime-integrity-mismatch",
      `a package that npm was given is not the one that the runtime's lock names:\n${said}`,
      "Distrust the registry or the vendored tarball; where the lock is wrong, synthesize the pipeline again.",
    );
  }
  if (code === "EUSAGE") {
    return new RefusedError(
      "runtime-not-locked",
      `package.json and package-lock.json of the runtime do not belong together:\n${said}`,
      "Synthesize the pipeline again, and merge what it delivers.",
    );
  }
  return new BrokenEnvironmentError(
    `the runtime of the jobs cannot be fetched:\n${said}`,
    `Look at the npm registry and the way to it (npm_config_registry names another one); everything that was printed is in ${log}.`,
  );
}
