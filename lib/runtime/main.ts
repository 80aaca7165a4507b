#!/usr/bin/env node
import { commandLine } from "./command-line";

void commandLine(process.argv.slice(2), {
  directory: process.cwd(),
  env: process.env,
  streams: {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  },
  now: () => new Date(),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
