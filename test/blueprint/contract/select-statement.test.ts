import fc from "fast-check";
import {
  quoteIdentifier,
  refusalOfQuery,
  withPlaceholdersFilled,
} from "../../../lib/blueprint/contract/select-statement";

test.each([
  "SELECT count(*) FROM {object} WHERE {property} IS NULL",
  "select max(cost) < 10 from claims;",
  "WITH t AS (SELECT 1 AS a) SELECT a FROM t -- one; statement",
  "SELECT count(*) /* ; DROP TABLE x */ FROM ${table} WHERE ${column} = ';'",
  `SELECT count(*) FROM "read_csv" WHERE "load" > 1`,
  "SELECT count(*) FILTER (WHERE load > 1 AND plan = 'it''s') FROM claims",
])("accepted: %s", (query) => {
  expect(refusalOfQuery(query, true)).toBeNull();
});

test.each([
  ["SELECT 1; SELECT 2", "more than one statement"],
  ["", "is not a SELECT"],
  ["COPY claims TO 'x'", "is not a SELECT"],
  ["ATTACH 'x.db'", "is not a SELECT"],
  ["SET threads = 1", "is not a SELECT"],
  ["FROM claims", "is not a SELECT"],
  ["SELECT * FROM read_csv('/etc/passwd')", "calls read_csv"],
  ["SELECT * FROM READ_PARQUET ('x')", "calls READ_PARQUET"],
  [`SELECT * FROM "read_text"('x')`, "calls read_text"],
  ["SELECT * FROM glob('*')", "calls glob"],
  ["SELECT getenv('HOME')", "calls getenv"],
  ["SELECT * FROM query('SELECT 1')", "calls query"],
  ["SELECT * FROM duckdb_settings()", "calls duckdb_settings"],
  ["SELECT count(*) FROM '/etc/passwd'", "reads a file"],
  ["SELECT count(*) FROM claims JOIN 'x.csv' USING (a)", "reads a file"],
  ["SELECT 1 INTO t", "writes into a table"],
  ["SELECT 'unfinished", "unfinished"],
  ["SELECT 1 /* unfinished", "unfinished"],
  ["SELECT $$x$$", "unfinished comment or quotation, or dollar quotes"],
  ["SELECT {thing} FROM claims", "unknown placeholder {thing}"],
])("refused: %s", (query, says) => {
  expect(refusalOfQuery(query, true)).toContain(says);
});

test("a column's placeholder has no meaning on the table", () => {
  expect(refusalOfQuery("SELECT count({property}) FROM {object}", false)).toContain("outside a property");
});

test("placeholders are filled with quoted names, whatever the names hold", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (table, column) => {
      const filled = withPlaceholdersFilled("SELECT count({property}) FROM {object}", table, column);
      expect(filled).toBe(`SELECT count(${quoteIdentifier(column)}) FROM ${quoteIdentifier(table)}`);
    }),
  );
});
