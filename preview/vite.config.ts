import react from "@vitejs/plugin-react";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const FONTS = { Regular: "400-normal", Medium: "500-normal", Italic: "400-italic", MediumItalic: "500-italic" };

/** Grafana asks for its icons and its font under names of its own. */
function grafanasFiles(): Plugin {
  return {
    name: "grafanas-files",
    writeBundle() {
      cpSync(at("node_modules/@grafana/ui/dist/public/img/icons"), at("built/public/build/img/icons"), { recursive: true });
      mirrored("built/public/build/img/icons/unicons/angle-double-right.svg", "angle-double-left.svg");
      mkdirSync(at("built/public/fonts/inter"), { recursive: true });
      for (const [name, file] of Object.entries(FONTS)) {
        cpSync(at(`node_modules/@fontsource/inter/files/inter-latin-${file}.woff2`), at(`built/public/fonts/inter/Inter-${name}.woff2`));
      }
    },
  };
}

/** The arrow to the past is asked for, and not in the package. */
function mirrored(path: string, name: string): void {
  const turned = readFileSync(at(path), "utf8").replace("<path ", '<path transform="matrix(-1 0 0 1 24 0)" ');
  writeFileSync(at(path.replace(/[^/]+$/, name)), turned);
}

export default defineConfig({
  plugins: [react(), grafanasFiles()],
  // The editor and the maps that the components carry along are never shown here: 2.7 MB.
  resolve: {
    alias: [{ find: /^(monaco-editor|@monaco-editor\/react|react-monaco-editor|ol)(\/.*)?$/, replacement: at("src/absent.ts") }],
  },
  build: { outDir: "built", emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 8000 },
});
