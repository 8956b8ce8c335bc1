/**
 * Takes a screenshot of every panel of the dashboards in an output folder, at the panel's own size, in the light and in
 * the dark theme. Prints JSON with sizes in CSS pixels and base64 PNGs of twice that resolution; `error` is the text
 * of a failed panel: `[{ dashboard, panel, state, error, width, height, light, dark }]`.
 *
 *     node preview/panels.mjs --out FOLDER --prometheus URL --from MS --to MS
 */
import { isQuery, listDashboards, trackQueries, waitUntilAnswered, withBrowser } from "./rendering.mjs";
import { PreviewError } from "./server.mjs";

const [WIDTH, HEIGHT] = [1600, 900];
const CONTEXT = { viewport: { width: WIDTH - 100, height: HEIGHT }, deviceScaleFactor: 2, timezoneId: "UTC", locale: "en-GB" };

async function printPanels(browser, url, values) {
  const panels = [];
  for (const dashboard of await listDashboards(values.out)) panels.push(...(await panelsOf(browser, url, dashboard, values)));
  console.log(JSON.stringify(panels));
}

async function panelsOf(browser, url, { uid, title }, timeRange) {
  const light = await takeScreenshots(browser, `${url}/d/${uid}`, title, { ...timeRange, theme: "light" });
  const dark = await takeScreenshots(browser, `${url}/d/${uid}`, title, { ...timeRange, theme: "dark" });
  return light.map(({ png, ...panel }, index) => ({ dashboard: title, ...panel, light: png, dark: dark[index].png }));
}

async function takeScreenshots(browser, url, title, { from, to, theme }) {
  const context = await browser.newContext(CONTEXT);
  const page = await context.newPage();
  const pendingQueries = trackQueries(page);
  await page.goto(`${url}?${new URLSearchParams({ from, to, theme, refresh: "" })}`);
  await waitUntilIdle(page, pendingQueries, title);
  // Graphs place the annotation markers when they are drawn, so they are drawn again now that the annotations are loaded.
  await Promise.all([page.waitForRequest(isQuery), page.setViewportSize({ width: WIDTH, height: HEIGHT })]);
  await waitUntilIdle(page, pendingQueries, title);
  const screenshots = [];
  for (const panel of await page.locator("[data-panel]").all()) screenshots.push(await takeScreenshot(panel));
  await context.close();
  return screenshots;
}

async function waitUntilIdle(page, pendingQueries, title) {
  await waitUntilAnswered(page, pendingQueries).catch((error) => {
    throw new PreviewError(`${title}: not rendered (${firstLine(error)}); check that Prometheus responds`);
  });
}

async function takeScreenshot(panel) {
  const { width, height } = await panel.boundingBox();
  const [id, state] = [await panel.getAttribute("data-panel"), await panel.getAttribute("data-state")];
  const error = state === "failed" ? await panel.innerText() : "";
  const png = (await panel.screenshot({ animations: "disabled" })).toString("base64");
  return { panel: Number(id), state, error, width: Math.round(width), height: Math.round(height), png };
}

const firstLine = (error) => error.message.split("\n")[0];

withBrowser(printPanels).catch((error) => {
  console.error(`panels: ${error instanceof PreviewError ? error.message : firstLine(error)}`);
  process.exit(2);
});
