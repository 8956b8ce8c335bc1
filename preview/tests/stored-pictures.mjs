/**
 * Compares the dashboards of an output folder, over the fake Prometheus, with the pictures in `preview/tests/pictures`, or takes these
 * again. The browser is the pinned one. Prints a line for each difference; the exit status is 1 if there is any, 3 without the browser.
 *
 *     node preview/tests/stored-pictures.mjs --out out [--take] [--into FOLDER]
 *
 * `--into` is where the new pictures of dashboards that differ are written.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launchPinnedBrowser } from "../browser.mjs";
import { listDashboards } from "../rendering.mjs";
import { PreviewError, serve } from "../server.mjs";
import { fakePrometheus } from "./fake-prometheus.mjs";
import { differences } from "./images.mjs";
import { takePicture } from "./pictures.mjs";

const STORED = fileURLToPath(new URL("./pictures", import.meta.url));
const [DIFFERENT, NO_BROWSER] = [1, 3];

const { values } = parseArgs({
  options: { out: { type: "string", default: "out" }, into: { type: "string" }, take: { type: "boolean", default: false } },
});

async function take(browser, url) {
  await rm(STORED, { recursive: true, force: true });
  await mkdir(STORED);
  for (const { name, uid } of await listDashboards(values.out)) {
    await writeFile(join(STORED, `${name}.png`), (await takePicture(browser, `${url}/d/${uid}`)).png);
  }
}

/** Return a line for each difference. */
async function compare(browser, url) {
  const dashboards = await listDashboards(values.out);
  const stored = (await readdir(STORED).catch(() => [])).filter((file) => file.endsWith(".png"));
  const unknown = stored.filter((file) => !dashboards.some(({ name }) => file === `${name}.png`));
  const lines = unknown.map((file) => `${file}: there is no such dashboard`);
  for (const { name, uid } of dashboards) lines.push(...(await compareOne(browser, `${url}/d/${uid}`, name)));
  return lines;
}

async function compareOne(browser, url, name) {
  const expected = await readFile(join(STORED, `${name}.png`)).catch(() => undefined);
  const { png, panels } = await takePicture(browser, url);
  const counts = expected === undefined ? { dashboard: "new" } : await compareImages(browser, expected, png, panels);
  const lines = Object.entries(counts).map(([where, count]) => `${name}: ${where}: ${count}${Number(count) ? " pixels differ" : ""}`);
  if (lines.length > 0 && values.into) await writeFile(join(values.into, `${name}.png`), png);
  return lines;
}

async function compareImages(browser, expected, actual, panels) {
  const page = await browser.newPage();
  const counts = await differences(page, expected, actual, panels);
  await page.close();
  return counts;
}

async function main() {
  const browser = await launchPinnedBrowser();
  const fake = await fakePrometheus();
  const server = await serve({ out: values.out, prometheus: fake.url });
  try {
    if (values.take) return await take(browser, server.url);
    const lines = await compare(browser, server.url);
    for (const line of lines) console.log(line);
    if (lines.length > 0) process.exitCode = DIFFERENT;
  } finally {
    await Promise.all([browser.close(), server.close(), fake.close()]);
  }
}

main().catch((error) => {
  console.error(error instanceof PreviewError ? error.message : error.stack);
  process.exit(error instanceof PreviewError ? NO_BROWSER : 2);
});
