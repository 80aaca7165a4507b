import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describeWith, pythonWith } from "../test/tools";
declare const inputs: string;
declare const rows: readonly number[];
declare function auc(rows: readonly number[]): number;
