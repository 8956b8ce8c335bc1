import react from "@vitejs/plugin-react";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const absolute = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const FONTS = { Regular: "400-normal", Medium: "500-normal", Italic: "400-italic", MediumItalic: "500-italic" };
const ICONS = "built/public/build/img/icons";

/** Copies the icons and the font to the paths from which Grafana's components load them. */
function copyGrafanaAssets(): Plugin {
  return {
    name: "copy-grafana-assets",
    writeBundle() {
      cpSync(absolute("node_modules/@grafana/ui/dist/public/img/icons"), absolute(ICONS), { recursive: true });
      writeMirroredIcon(`${ICONS}/unicons/angle-double-right.svg`, `${ICONS}/unicons/angle-double-left.svg`);
      mkdirSync(absolute("built/public/fonts/inter"), { recursive: true });
      for (const [name, file] of Object.entries(FONTS)) {
        cpSync(absolute(`node_modules/@fontsource/inter/files/inter-latin-${file}.woff2`), absolute(`built/public/fonts/inter/Inter-${name}.woff2`));
      }
    },
  };
}

/** The time range picker loads the left arrow, which the package does not contain. */
function writeMirroredIcon(source: string, target: string): void {
  const mirrored = readFileSync(absolute(source), "utf8").replace("<path ", '<path transform="matrix(-1 0 0 1 24 0)" ');
  writeFileSync(absolute(target), mirrored);
}

export default defineConfig({
  plugins: [react(), copyGrafanaAssets()],
  // This page never shows the code editor and the maps that the components import: 2.7 MB.
  resolve: {
    alias: [
      { find: /^(monaco-editor|@monaco-editor\/react|react-monaco-editor|ol)(\/.*)?$/, replacement: absolute("src/moduleStub.ts") },
    ],
  },
  build: { outDir: "built", emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 8000 },
});
