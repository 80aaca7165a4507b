/**
 * Holds the public API of every entry point against the reviewed reports under docs/api-report.
 * Needs a build. `node scripts/api-report.mjs` fails on a difference, `--update` accepts it.
 */
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript";

const entryPoints = {
  slipway: "dist/index.d.ts",
  "slipway-github": "dist/constructs/github/index.d.ts",
  "slipway-docker": "dist/constructs/docker/index.d.ts",
};
const update = process.argv.includes("--update");
const reports = resolve("docs/api-report");
mkdirSync(reports, { recursive: true });

/** Names that `slipway` exports: the other entry points may use them without exporting them again. */
const program = ts.createProgram([resolve(entryPoints.slipway)], {});
const main = program.getTypeChecker().getSymbolAtLocation(program.getSourceFile(resolve(entryPoints.slipway)));
const inSlipway = new Set(
  program
    .getTypeChecker()
    .getExportsOfModule(main)
    .map((symbol) => symbol.name),
);
const isExportedBySlipway = ({ messageId, text }) =>
  messageId === "ae-forgotten-export" && inSlipway.has(/The symbol "(\w+)"/.exec(text)?.[1]);

let changed = false;
for (const [name, types] of Object.entries(entryPoints)) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve("."),
      mainEntryPointFilePath: resolve(types),
      compiler: { tsconfigFilePath: resolve("tsconfig.build.json") },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: reports,
        reportTempFolder: resolve("temp"),
        includeForgottenExports: false,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        extractorMessageReporting: {
          default: { logLevel: "none" },
          // A public signature that names a type users cannot import is a defect of the entry point.
          "ae-forgotten-export": { logLevel: "error" },
        },
        tsdocMessageReporting: { default: { logLevel: "none" } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve("package.json"),
  });
  const result = Extractor.invoke(config, {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message) => {
      if (name !== "slipway" && isExportedBySlipway(message)) message.logLevel = "none";
      if (message.messageId === "console-api-report-not-copied") message.logLevel = "none";
    },
  });
  if (result.errorCount > 0) process.exitCode = 1;
  changed ||= result.apiReportChanged;
}
if (changed && !update) {
  console.error(
    "The public API differs from docs/api-report: review the difference, then accept it with npm run api:update",
  );
  process.exitCode = 1;
}
