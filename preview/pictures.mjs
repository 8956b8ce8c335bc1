/**
 * Takes a picture of each dashboard: 1600 pixels wide, the whole page, at a given time.
 *
 *     node preview/pictures.mjs --out out --prometheus URL --from MS --to MS [--theme light] [--into docs/pictures]
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { dashboardsIn, drawing } from "./drawing.mjs";
import { Fault } from "./server.mjs";
import { panelsOf, settled } from "./settled.mjs";

const WIDTH = 1600;

const OPTIONS = { theme: { type: "string", default: "dark" }, into: { type: "string", default: "docs/pictures" } };

async function pictures(browser, url, values) {
  await mkdir(values.into, { recursive: true });
  for (const dashboard of await dashboardsIn(values.out)) await picture(browser, url, dashboard, values);
}

async function picture(browser, url, { name, uid }, { from, to, theme, into }) {
  const context = await browser.newContext({ viewport: { width: WIDTH, height: 900 }, timezoneId: "UTC", locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(`${url}/d/${uid}?${new URLSearchParams({ from, to, theme, refresh: "" })}`);
  await settled(page);
  await page.setViewportSize({ width: WIDTH, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await settled(page);
  const failed = (await panelsOf(page)).filter(({ state }) => state === "failed");
  if (failed.length > 0) throw new Fault(`${name}: ${failed.map(({ title, text }) => `${title}: ${text}`).join("; ")}`);
  const path = join(into, theme === "light" ? `${name}-light.png` : `${name}.png`);
  await page.screenshot({ path });
  await context.close();
  console.log(path);
}

drawing(pictures, OPTIONS).catch((error) => {
  console.error(`pictures: ${error instanceof Fault ? error.message : error.stack}`);
  process.exit(2);
});
