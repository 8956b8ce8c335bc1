/** What the screenshot programs share: command line, page server, browser, and the state of a rendered dashboard. */
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { launchBrowser } from "./browser.mjs";
import { serve } from "./server.mjs";

const OPTIONS = {
  out: { type: "string", default: "out" },
  prometheus: { type: "string", default: process.env.PROMETHEUS_URL ?? "http://127.0.0.1:9090" },
  from: { type: "string", default: "now-6h" },
  to: { type: "string", default: "now" },
};
const RENDER_TIMEOUT_MS = 120_000;
const POLL_MS = 50;

/** Call `work(browser, url, values)` with the page's URL and the command line's values; closes browser and server. */
export async function withBrowser(work, options = {}) {
  const { values } = parseArgs({ options: { ...OPTIONS, ...options } });
  const server = await serve(values);
  const browser = await launchBrowser().catch((error) => server.close().then(() => Promise.reject(error)));
  try {
    await work(browser, server.url, values);
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
}

/** Return `{ name, uid, title }` of each dashboard in an output folder, in the order of their file names. */
export async function listDashboards(out) {
  const folder = resolve(out, "grafana", "dashboards");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
  const describeFile = async (file) => {
    const { uid, title } = JSON.parse(await readFile(resolve(folder, file), "utf8"));
    return { name: file.replace(/\.json$/, ""), uid, title };
  };
  return Promise.all(files.map(describeFile));
}

/** Wait until no panel is loading and the fonts are loaded. Rejects after two minutes. */
export async function waitUntilRendered(page) {
  await page.waitForFunction(
    () => {
      const grid = document.querySelector("main[data-panels]");
      const states = [...document.querySelectorAll("[data-panel]")].map((panel) => panel.getAttribute("data-state"));
      return grid !== null && states.length === Number(grid.dataset.panels) && !states.includes("loading");
    },
    undefined,
    { timeout: RENDER_TIMEOUT_MS },
  );
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 300))));
}

export const isQuery = (request) => request.url().includes("/api/prometheus/");

/** Return the set of unanswered queries of a page that is not open yet, those of annotations included. */
export function trackQueries(page) {
  const pending = new Set();
  page.on("request", (request) => isQuery(request) && pending.add(request));
  for (const event of ["requestfinished", "requestfailed"]) page.on(event, (request) => pending.delete(request));
  return pending;
}

/** Wait until all queries are answered and rendered, those of annotations included, for which no panel waits. */
export async function waitUntilAnswered(page, pendingQueries) {
  await waitUntilRendered(page);
  if (pendingQueries.size === 0) return;
  while (pendingQueries.size > 0) await page.waitForTimeout(POLL_MS);
  await waitUntilRendered(page);
}

/** Return `{ title, state, text }` of each panel. */
export function panelStates(page) {
  return page.$$eval("[data-panel]", (panels) =>
    panels.map((panel) => ({
      title: panel.getAttribute("data-title"),
      state: panel.getAttribute("data-state"),
      text: panel.textContent,
    })),
  );
}
