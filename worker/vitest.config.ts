import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The library under test has the contract of its own fixture, whatever platform is built: as in tsconfig.json. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^workers-ai-observability\/contract$/u, replacement: file("tests/contract/contract.gen.ts") },
      { find: /^workers-ai-observability$/u, replacement: file("src/index.ts") },
      { find: /^workers-ai-observability\/shard$/u, replacement: file("src/shard.ts") },
    ],
  },
});
