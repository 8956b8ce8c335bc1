/**
 * Writes two PNGs of each dashboard over a time range, dark and light: the whole page in a window of 1600 pixels.
 *
 *     node preview/pictures.mjs --out out --prometheus URL --from MS --to MS [--into docs/pictures]
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { listDashboards, panelStates, trackQueries, waitUntilAnswered, withBrowser } from "./rendering.mjs";
import { PreviewError } from "./server.mjs";

const WIDTH = 1600;
const SUFFIXES = { dark: "", light: "-light" };
const OPTIONS = { into: { type: "string", default: "docs/pictures" } };

async function takePictures(browser, url, values) {
  await mkdir(values.into, { recursive: true });
  for (const dashboard of await listDashboards(values.out)) {
    for (const theme of Object.keys(SUFFIXES)) await takePicture(browser, url, dashboard, { ...values, theme });
  }
}

async function takePicture(browser, url, { name, uid }, { from, to, theme, into }) {
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 900 }, timezoneId: "UTC", locale: "en-GB" });
  const page = await context.newPage();
  const pendingQueries = trackQueries(page);
  await page.goto(`${url}/d/${uid}?${new URLSearchParams({ from, to, theme, refresh: "" })}`);
  await waitUntilAnswered(page, pendingQueries);
  await page.setViewportSize({ width: WIDTH, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await waitUntilAnswered(page, pendingQueries);
  const failed = (await panelStates(page)).filter(({ state }) => state === "failed");
  if (failed.length > 0) throw new PreviewError(failed.map(({ title, text }) => `${name}, ${title}: ${text}`).join("; "));
  const path = join(into, `${name}${SUFFIXES[theme]}.png`);
  await page.screenshot({ path });
  await context.close();
  console.log(path);
}

withBrowser(takePictures, OPTIONS).catch((error) => {
  console.error(`pictures: ${error instanceof PreviewError ? error.message : error.stack}`);
  process.exit(2);
});
