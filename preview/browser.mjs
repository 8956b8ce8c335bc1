/** Finds and starts Chromium: `$CHROMIUM`, else a browser on PATH, else the pinned one of the npm package. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { PreviewError } from "./server.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
// An emulated graphics card would be several times slower than none.
const FLAGS = [
  "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--font-render-hinting=none", "--disable-gpu",
];
/** Flags of the npm package: a Chromium of a single process exits when a browser context is closed; the others emulate a graphics card. */
const UNWANTED_FLAG = /^--(single-process|in-process-gpu|ignore-gpu-blocklist|use-gl=|use-angle=|enable-unsafe-swiftshader)/;

/** Start a headless Chromium. Rejects with a PreviewError if none starts. */
export async function launchBrowser() {
  return launch(await findChromium());
}

/** Start the pinned Chromium of the npm package, whatever else there is. Rejects with a PreviewError if it does not start. */
export async function launchPinnedBrowser() {
  return launch(await packagedChromium());
}

async function launch({ path, flags, source }) {
  try {
    return await chromium.launch({ executablePath: path, args: [...flags, ...FLAGS], headless: true });
  } catch (error) {
    const [reason] = error.message.split("\n");
    throw new PreviewError(`${path} (${source}): does not start: ${reason}; set CHROMIUM=PATH to another Chromium`);
  }
}

async function findChromium() {
  if (process.env.CHROMIUM) return { path: process.env.CHROMIUM, flags: [], source: "$CHROMIUM" };
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (await isExecutable(path)) return { path, flags: [], source: "PATH" };
    }
  }
  return packagedChromium();
}

async function packagedChromium() {
  try {
    const { default: packaged } = await import("@sparticuz/chromium");
    const flags = packaged.args.filter((flag) => !UNWANTED_FLAG.test(flag));
    return { path: await packaged.executablePath(), flags, source: "npm's @sparticuz/chromium" };
  } catch (error) {
    throw new PreviewError(`chromium: not on PATH, and npm's @sparticuz/chromium fails (${error.message}); set CHROMIUM=PATH`);
  }
}

function isExecutable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
