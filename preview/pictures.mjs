/**
 * Writes a PNG of each dashboard over a time range: the whole page, 1600 pixels wide.
 *
 *     node preview/pictures.mjs --out out --prometheus URL --from MS --to MS [--theme light] [--into docs/pictures]
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { listDashboards, panelStates, waitUntilRendered, withBrowser } from "./rendering.mjs";
import { PreviewError } from "./server.mjs";

const WIDTH = 1600;
const OPTIONS = { theme: { type: "string", default: "dark" }, into: { type: "string", default: "docs/pictures" } };

async function takePictures(browser, url, values) {
  await mkdir(values.into, { recursive: true });
  for (const dashboard of await listDashboards(values.out)) await takePicture(browser, url, dashboard, values);
}

async function takePicture(browser, url, { name, uid }, { from, to, theme, into }) {
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 900 }, timezoneId: "UTC", locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(`${url}/d/${uid}?${new URLSearchParams({ from, to, theme, refresh: "" })}`);
  await waitUntilRendered(page);
  await page.setViewportSize({ width: WIDTH, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await waitUntilRendered(page);
  const failed = (await panelStates(page)).filter(({ state }) => state === "failed");
  if (failed.length > 0) throw new PreviewError(failed.map(({ title, text }) => `${name}, ${title}: ${text}`).join("; "));
  const path = join(into, theme === "light" ? `${name}-light.png` : `${name}.png`);
  await page.screenshot({ path });
  await context.close();
  console.log(path);
}

withBrowser(takePictures, OPTIONS).catch((error) => {
  console.error(`pictures: ${error instanceof PreviewError ? error.message : error.stack}`);
  process.exit(2);
});
