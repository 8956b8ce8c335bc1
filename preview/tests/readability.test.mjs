/** Everything that a dashboard says is seen whole on a monitor, a laptop and a phone. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launchBrowser } from "../browser.mjs";
import { findCutTexts, WINDOW_WIDTHS } from "../readability.mjs";
import { listDashboards, waitUntilRendered } from "../rendering.mjs";
import { serve } from "../server.mjs";
import { fakePrometheus, numberedRoutes } from "./fake-prometheus.mjs";
import { lastHours, OUT, TIMEOUT_MS } from "./fixtures.mjs";

/** An output folder of a platform with the routes of `numberedRoutes(12)`. */
const OUT_OF_TWELVE_ROUTES = process.env.PREVIEW_OUT_OF_TWELVE_ROUTES;
const TWELVE_ROUTES = numberedRoutes(12);

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Return a line for each text that the dashboards of an output folder, or some of them, cut off in a window of a width. */
async function cutTexts(out, labelValues, width, isShown = () => true) {
  const fake = await fakePrometheus({ labelValues });
  const server = await serve({ out, prometheus: fake.url });
  const page = await browser.newPage({ timezoneId: "UTC", locale: "en-GB" });
  page.setDefaultTimeout(TIMEOUT_MS);
  try {
    await page.setViewportSize({ width, height: 1000 });
    const dashboards = (await listDashboards(out)).filter(({ name }) => isShown(name));
    return await linesOf(page, server.url, dashboards);
  } finally {
    await Promise.all([page.close(), server.close(), fake.close()]);
  }
}

async function linesOf(page, url, dashboards) {
  const lines = [];
  for (const { name, uid } of dashboards) {
    // The texts are those of any range; a short one is drawn sooner.
    await page.goto(`${url}/d/${uid}?${new URLSearchParams({ ...lastHours(1), refresh: "" })}`);
    await waitUntilRendered(page);
    const cut = await findCutTexts(page);
    lines.push(...cut.map(({ panel, kind, text, hidden }) => `${name}: ${panel}: ${kind} "${text}": ${hidden}`));
  }
  return lines;
}

describe("in windows of every width", () => {
  for (const width of WINDOW_WIDTHS) {
    test(`no title, legend, value or cell is cut off at ${width} px`, async () => {
      assert.deepEqual(await cutTexts(OUT, undefined, width), []);
    });

    test(`nor is one of twelve routes at ${width} px`, { skip: OUT_OF_TWELVE_ROUTES === undefined }, async () => {
      assert.deepEqual(await cutTexts(OUT_OF_TWELVE_ROUTES, TWELVE_ROUTES, width), []);
    });
  }

  test("names of more routes than the dashboards are made for are found", async () => {
    const lines = await cutTexts(OUT, TWELVE_ROUTES, WINDOW_WIDTHS.at(-1), (name) => name === "overview");
    assert.ok(lines.some((line) => line.includes('legend "/v1/resource-12"')), lines.join("\n"));
  });
});
