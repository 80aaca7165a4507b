import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Construct } from "constructs";
import { DataContract } from "../../blueprint/contract/data-contract";
import type { PythonEnvironment } from "../../blueprint/pipeline/pipeline-document";
import {
  detectPythonEnvironment,
  type FoundFile,
  type PythonChoice,
} from "../../blueprint/pipeline/python-environment";
import { InvalidInputError, type Problems } from "../../blueprint/problems";

/** Files beyond this size say nothing about an environment. */
const LARGEST_FILE_READ = 32 * 1024 * 1024;

/**
 * The folder that relative paths of a program start from: that of cdktf.json, as for cdktf's own assets, else the one the
 * program was started in.
 */
export function programFolder(scope: Construct): string {
  const stated: unknown = scope.node.tryGetContext("cdktfJsonPath");
  if (typeof stated === "string") return dirname(stated);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "cdktf.json"))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}

/** A checkout of the model repository, read when the program runs and never written. */
export class ModelRepositoryFolder {
  private readonly folder: string;

  /**
   * @param programFolder - what a relative path starts from
   * @param path - `repositoryPath` as the user gave it
   * @param root - folder of the pipeline inside the repository
   */
  public constructor(programFolder: string, path: string, root: string) {
    this.folder = join(isAbsolute(path) ? path : resolve(programFolder, path), root);
  }

  /** The data contract that stands in that file; `null` when a problem was added. */
  public readContract(path: string, problems: Problems): DataContract | null {
    let text: string;
    try {
      text = readFileSync(join(this.folder, path), "utf8");
    } catch {
      problems.add(
        "contract",
        path,
        "is not a file of the model repository",
        `Name it relative to the pipeline's root, or say where a checkout of the repository is: repositoryPath. Looked in ${this.folder}.`,
      );
      return null;
    }
    try {
      return DataContract.parse(text, path);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.addAll(error.problems, `contract(${path})`);
      return null;
    }
  }

  /** The locked Python environment that is found there; `null` when a problem was added. */
  public detectPython(choice: PythonChoice, problems: Problems): PythonEnvironment | null {
    return detectPythonEnvironment(this.topFiles(), problems, choice);
  }

  private topFiles(): readonly FoundFile[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .sort()
      .filter((name) => {
        const file = statSync(join(this.folder, name), { throwIfNoEntry: false });
        return (
          file?.isFile() === true &&
          file.size <= LARGEST_FILE_READ &&
          /\.(txt|lock|toml|ya?ml|py|cfg)$|^Pipfile$|^\.python-version$/.test(name)
        );
      })
      .map((name) => ({ name, text: readFileSync(join(this.folder, name), "utf8") }));
  }
}
