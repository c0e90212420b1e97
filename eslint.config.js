/* What the linter looks for in the browser's modules. Types, names that do not exist and missing returns are the type checker's. */

import js from "@eslint/js";

const MARKUP = "Data reaches the page through textContent and element properties only, never as markup.";
const asMarkup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc"].map((property) => ({ property, message: MARKUP }));

export default [
  { files: ["dashboard/**/*.js", "benchmarks/**/*.js", "tests/js/**/*.js", "eslint.config.js"] },
  { ignores: [".venv/", "build/", "out/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "off",
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-shadow": "error",
      "no-self-compare": "error",
      "no-template-curly-in-string": "error",
      "no-unmodified-loop-condition": "error",
      "no-unreachable-loop": "error",
      "no-unused-expressions": ["error", { allowShortCircuit: false }],
      "array-callback-return": "error",
      "default-case-last": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-console": ["error", { allow: ["warn"] }],
      "no-restricted-properties": ["error", ...asMarkup, { object: "document", property: "write", message: MARKUP }],
      "object-shorthand": "error",
      "prefer-object-spread": "error",
      "no-unused-vars": ["error", { caughtErrors: "none" }],
    },
  },
];
