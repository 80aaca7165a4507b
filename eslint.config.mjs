import boundaries from "eslint-plugin-boundaries";
import tseslint from "typescript-eslint";
import { rooms } from "./scripts/rooms.mjs";

/** Packages only some rooms may load, so that neither audience installs the other's weight. */
const cdktf = ["cdktf", "constructs", "@cdktf/*"];

export default tseslint.config(
  {
    ignores: [
      "dist",
      "node_modules",
      "cdktf.out",
      "**/cdktf.out/**",
      "docs/api",
      "docs/given",
      "coverage",
      "**/*.js",
      "**/*.mjs",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-extraneous-class": ["error", { allowStaticOnly: true }],
      "@typescript-eslint/unified-signatures": "off",
    },
  },
  {
    files: ["lib/**/*.ts"],
    plugins: { boundaries },
    settings: {
      "import/resolver": { typescript: { project: "tsconfig.json" } },
      "boundaries/include": ["lib/**/*.ts"],
      "boundaries/elements": rooms.map(({ name }) => ({ type: name, pattern: `lib/${name}` })),
    },
    rules: {
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          message: "see the arrows in docs/architecture.md",
          policies: rooms.map(({ name, imports }) => ({
            from: { element: { type: name } },
            allow: { to: { element: { type: [name, ...imports] } } },
          })),
        },
      ],
      "max-lines": ["error", { max: 350, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["lib/{blueprint,verdict,jobs,renderers,runtime}/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ group: cdktf, message: "only lib/constructs knows cdktf" }] },
      ],
    },
  },
  {
    files: ["lib/constructs/**/*.ts", "examples/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^@cdktf/provider-[a-z]+$",
              message: "import the resource (…/lib/<resource>), never the barrel: it takes seconds to load",
            },
          ],
        },
      ],
      "no-new": "off",
    },
  },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-assignment": "off", "@typescript-eslint/no-floating-promises": "error" },
  },
);
