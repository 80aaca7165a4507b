#!/usr/bin/env node
import { commandLine } from "./command-line";

// Whoever reads our output may stop reading (`slipway --help | head`); that is no fault of the command's.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

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
