/**
 * Takes a picture of each dashboard: 1600 pixels wide, the whole page, at a given time.
 *
 *     node preview/pictures.mjs --out out --prometheus URL --from MS --to MS [--theme light] [--into docs/pictures]
 */
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { browse } from "./browser.mjs";
import { Fault, serve } from "./server.mjs";
import { panelsOf, settled } from "./settled.mjs";

const WIDTH = 1600;

async function main() {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: "out" },
      prometheus: { type: "string", default: process.env.PROMETHEUS_URL ?? "http://127.0.0.1:9090" },
      from: { type: "string", default: "now-6h" },
      to: { type: "string", default: "now" },
      theme: { type: "string", default: "dark" },
      into: { type: "string", default: "docs/pictures" },
    },
  });
  const server = await serve(values);
  const browser = await browse().catch((error) => server.close().then(() => Promise.reject(error)));
  try {
    await mkdir(values.into, { recursive: true });
    for (const name of await dashboardsIn(values.out)) await picture(browser, server.url, name, values);
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
}

async function dashboardsIn(out) {
  const names = (await readdir(resolve(out, "grafana", "dashboards"))).filter((name) => name.endsWith(".json")).sort();
  return names.map((name) => name.replace(/\.json$/, ""));
}

async function picture(browser, url, name, { out, from, to, theme, into }) {
  const { uid } = JSON.parse(await readFile(resolve(out, "grafana", "dashboards", `${name}.json`), "utf8"));
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

main().catch((error) => {
  console.error(`pictures: ${error instanceof Fault ? error.message : error.stack}`);
  process.exit(2);
});
