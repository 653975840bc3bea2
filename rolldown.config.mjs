// How src/ and the packages that it uses become dist/: docs/adr/0017-dist-is-a-bundle.md says why. scripts/setup/compile.mjs
// and the Dockerfile run it. Types are left out, not checked: `npm run check` does that.
import { defineConfig } from "rolldown";

export default defineConfig({
  // All lie in dist/ itself, and every chunk beside them: what is found by import.meta.url is found from any of them.
  input: {
    main: "src/main.ts",
    "intake-thread": "src/wiring/intake-thread.ts",
    cli: "src/cli/main.ts",
    "chart-process": "src/adapters/chart/chart-process.ts",
    "heap-process": "src/adapters/heap/heap-process.ts",
  },
  platform: "node",
  transform: { target: "node20.20" },
  // Stays in node_modules: what is native code or looks for code beside its own file. All else is bundled. The fonts are not
  // imported: the chart's process asks where their package lies.
  external: [
    "@resvg/resvg-js",
    "libsql/promise",
    "msgpackr-extract", // BullMQ's msgpackr does without where it is not
    "ssh2",
  ],
  resolve: {
    // BullMQ's other build holds its store in PostgreSQL, and with it `pg`, in memory where nobody configured PostgreSQL.
    alias: { bullmq: "bullmq/dist/esm/index.js" },
  },
  output: {
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    keepNames: true, // in stack traces and logs, where two modules use one
    // V8 keeps the text in memory, and one character beyond Latin-1 makes all of a file take two bytes each.
    comments: { jsdoc: false },
    charset: "ascii",
    // Read by nobody unless Node is started with --enable-source-maps.
    sourcemap: true,
    sourcemapExcludeSources: true,
  },
});
