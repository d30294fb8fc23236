// The lint of the studio. Its heart is who may import whom: each folder lists what it must not reach for, and the
// message says where the thing belongs instead.
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const tauri = {
  group: ["@tauri-apps/*"],
  message: "Only src/platform speaks to the desktop shell. Add what you need to the Platform interface.",
};
const parents = {
  group: ["../*"],
  message: "Reach other folders as @/folder/file, so that this lint can see where the arrow goes.",
};
const no = (folders, message) => ({ group: folders.flatMap((folder) => [`@/${folder}`, `@/${folder}/*`]), message });
const arrows = (files, ...patterns) => ({
  files: [`src/${files}/**/*.{ts,tsx}`],
  rules: { "no-restricted-imports": ["error", { patterns: [parents, ...patterns] }] },
});

const featuresMessage =
  "Only app/ joins features. Share data through model/ or api/, a dumb component through kit/, or compose the two in app/.";

export default tseslint.config(
  { ignores: ["dist", "src/contract", "node_modules"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js", "scripts/*.mjs"] } } },
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  { files: ["eslint.config.js", "scripts/*.mjs"], ...tseslint.configs.disableTypeChecked },
  arrows("platform", no(["app", "features", "api", "model", "canvas", "kit"], "platform/ knows the wire only; what uses an answer lives in api/.")),
  arrows("model", tauri, no(["app", "features", "api", "canvas", "kit", "platform"], "model/ is plain TypeScript over the contract; sending and drawing live in api/ and canvas/."), {
    group: ["react", "react-dom"],
    message: "model/ is plain TypeScript; hooks over it live in api/.",
  }),
  arrows("kit", tauri, no(["app", "features", "api", "model", "canvas", "platform"], "kit/ components are dumb: hand them what they show. What knows the workspace lives in a feature.")),
  arrows("canvas", tauri, no(["app", "features", "api", "model", "platform"], "canvas/ is a surface for any graph: hand it nodes and edges. What knows entities lives in features/entities.")),
  arrows("api", tauri, no(["app", "features", "canvas", "kit"], "api/ carries requests and answers; what shows them lives in a feature.")),
  arrows("features", tauri, no(["app"], "app/ joins features, features do not know it. Move what both need to model/, api/ or kit/."), no(["features"], featuresMessage)),
  arrows("app", tauri),
  {
    // The fake core applies edits with the studio's own model and is in no build; the edit test reads the fixtures that
    // Rust reads too.
    files: ["src/platform/fake/**/*.ts", "src/model/edit.test.ts"],
    rules: { "no-restricted-imports": "off" },
  },
);
