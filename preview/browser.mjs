/** Finds a Chromium: `$CHROMIUM`, else one on PATH, else the one that comes inside an npm package. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { Fault } from "./server.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--font-render-hinting=none"];

/** Start a headless Chromium. Rejects with a Fault that says what to install where none starts. */
export async function browse() {
  const { path, flags, from } = await found();
  try {
    return await chromium.launch({ executablePath: path, args: [...flags, ...FLAGS], headless: true });
  } catch (error) {
    throw new Fault(`${path} (${from}) does not start: ${error.message.split("\n")[0]}; name another with CHROMIUM=PATH`);
  }
}

async function found() {
  if (process.env.CHROMIUM) return { path: process.env.CHROMIUM, flags: [], from: "$CHROMIUM" };
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (await runs(path)) return { path, flags: [], from: "PATH" };
    }
  }
  return packaged();
}

async function packaged() {
  try {
    const { default: inside } = await import("@sparticuz/chromium");
    // A Chromium of a single process exits when a browser context is closed.
    const flags = inside.args.filter((flag) => flag !== "--single-process");
    return { path: await inside.executablePath(), flags, from: "npm's @sparticuz/chromium" };
  } catch (error) {
    throw new Fault(`no Chromium on PATH, and npm's does not unpack (${error.message}); name one with CHROMIUM=PATH`);
  }
}

function runs(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
