import { canonicalText, textDigest } from "../manifest/canonical-text";
import { Problems } from "../problems";
import { primaryKeyCheck, readColumn, readColumnChecks } from "./column-checks";
import type { ContractCheck } from "./contract-check";
import type { ContractColumn } from "./contract-column";
import { readContractText } from "./contract-text";
import { type DocumentNode, nodesIn, pathOf, textAt } from "./document-node";
import { type LeakageLimits, readLeakageLimits } from "./leakage-limits";
import { schemaProblems } from "./odcs-schema";
import { readQualityChecks } from "./quality-checks";
import { type ContractRoles, readRoles } from "./roles";
import { readServiceLevelChecks } from "./service-level-checks";

/**
 * A data contract of the Open Data Contract Standard, version 3: what the data promises, read once and completely. Every check
 * that it declares can be run; everything else in it (team, price, support, ...) is accepted as it is.
 *
 * @example
 * ```ts
 * const contract = DataContract.parse(text, "contracts/claims.odcs.yaml");
 * contract.checks.map((check) => check.name); // ["column zper is present", "zper is of type integer", ...]
 * ```
 */
export class DataContract {
  /** The document as JSON: what the release manifest carries. */
  public readonly document: Readonly<Record<string, unknown>>;
  /** Name of the table that the contract describes, as queries call it. */
  public readonly table: string;
  /** In the contract's order. */
  public readonly columns: readonly ContractColumn[];
  /** In the contract's order. */
  public readonly checks: readonly ContractCheck[];
  /** What the columns are to the model. */
  public readonly roles: ContractRoles;
  /** How well a feature alone may tell the label. */
  public readonly leakage: LeakageLimits;

  private constructor(document: Readonly<Record<string, unknown>>, subject: string, problems: Problems) {
    const contract: DocumentNode = { fields: document, path: "" };
    const tables = nodesIn(contract, "schema");
    const table = tables[0] ?? { fields: {}, path: "schema[0]" };
    if (tables.length !== 1) {
      problems.add(
        "schema",
        tables.map((each) => textAt(each, "name")),
        "does not describe exactly one table",
        "Describe the table that the model learns from, alone, in a contract of its own",
      );
    }
    const properties = nodesIn(table, "properties");
    if (tables.length === 1 && properties.length === 0) {
      problems.add(pathOf(table, "properties"), undefined, "lists no columns", "Add the columns of the table");
    }
    this.document = document;
    this.table = textAt(table, "physicalName") ?? textAt(table, "name") ?? "";
    this.columns = properties.map(readColumn);
    rejectUnusableNames(this.columns, problems);
    const level = { table: this.table, columns: this.columns };
    const primaryKey = primaryKeyCheck(this.columns, table.path);
    this.checks = [
      ...properties.flatMap((property, index) => {
        const column = this.columns[index]!;
        return [
          ...readColumnChecks(property, column, problems),
          ...readQualityChecks(property, { ...level, column }, problems),
        ];
      }),
      ...(primaryKey === null ? [] : [primaryKey]),
      ...readQualityChecks(table, { ...level, column: null }, problems),
      ...readServiceLevelChecks(contract, textAt(table, "name") ?? "", this.columns, problems),
    ];
    this.roles = readRoles(table, this.columns, problems);
    this.leakage = readLeakageLimits(table, this.columns, problems);
    // Slipway's own words about a place say more than the schema's.
    const said = new Set(problems.list.map((problem) => problem.path));
    problems.addAll(schemaProblems(document).filter((problem) => !said.has(problem.path)));
    problems.throwIfAny(subject);
  }

  /**
   * Reads a contract from its text.
   *
   * @param text - YAML or JSON
   * @param name - where the text comes from, for messages, for example `contracts/claims.odcs.yaml`
   * @throws InvalidInputError with everything that is wrong with it
   */
  public static parse(text: string, name: string): DataContract {
    const problems = new Problems();
    const subject = `contract ${name}`;
    const document = readContractText(text, problems);
    if (document === null) {
      problems.throwIfAny(subject);
      throw new Error("unreachable: a text without a document has problems");
    }
    return new DataContract(document, subject, problems);
  }

  /**
   * Takes a contract that is already JSON, for example out of a release manifest.
   *
   * @param name - where it comes from, for messages
   * @default name - "document"
   * @throws InvalidInputError with everything that is wrong with it
   */
  public static fromDocument(document: Readonly<Record<string, unknown>>, name = "document"): DataContract {
    return new DataContract(document, `contract ${name}`, new Problems());
  }

  /** `sha256:<hex>` of the canonical text of the document: changes with anything the contract says. */
  public get digest(): string {
    return textDigest(canonicalText(this.document));
  }
}

function rejectUnusableNames(columns: readonly ContractColumn[], problems: Problems): void {
  const seen = new Map<string, ContractColumn>();
  for (const column of columns) {
    // DuckDB and most warehouses compare column names without regard to case.
    const key = column.name.toLowerCase();
    if (key.startsWith("slipway_")) {
      problems.add(
        `${column.path}.name`,
        column.name,
        "is reserved for columns that Slipway writes",
        "Choose another name",
      );
    }
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      problems.add(
        `${column.path}.name`,
        column.name,
        `is already the name of ${earlier.path}`,
        "Name each column once",
      );
    } else seen.set(key, column);
  }
}
