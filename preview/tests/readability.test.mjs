/** Everything that a dashboard says is seen whole on a monitor, a laptop and a phone. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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

const PHONE = Math.min(...WINDOW_WIDTHS);

/** How the names of a panel that shows several windows begin. */
const WINDOW = /^\d+ (min|h|d) · /;

/**
 * Return how the lines of the names of longer windows begin. A panel that shows several has the same names for each: those of
 * the shortest come first, and are in sight.
 */
function repeatedNames(out) {
  const folder = join(out, "grafana", "dashboards");
  return readdirSync(folder).flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(join(folder, file), "utf8"));
    return panels.flatMap(({ title, targets = [] }) => {
      const windows = [...new Set(targets.flatMap(({ legendFormat }) => WINDOW.exec(legendFormat ?? "")?.[0] ?? []))];
      return windows.slice(1).map((window) => `${file.replace(/\.json$/, "")}: ${title}: legend "${window}`);
    });
  });
}

/** A legend of more than six lines scrolls on a phone, if it only repeats names: no line of panels is high because of it. */
function isCut(width, out) {
  const repeated = width === PHONE ? repeatedNames(out) : [];
  return (line) => !line.endsWith(" px below") || !repeated.some((beginning) => line.startsWith(beginning));
}

describe("in windows of every width", () => {
  for (const width of WINDOW_WIDTHS) {
    test(`no title, legend, value or cell is cut off at ${width} px`, async () => {
      assert.deepEqual((await cutTexts(OUT, undefined, width)).filter(isCut(width, OUT)), []);
    });

    test(`nor is one of twelve routes at ${width} px`, { skip: OUT_OF_TWELVE_ROUTES === undefined }, async () => {
      assert.deepEqual((await cutTexts(OUT_OF_TWELVE_ROUTES, TWELVE_ROUTES, width)).filter(isCut(width, OUT_OF_TWELVE_ROUTES)), []);
    });
  }

  test("only a name that is in sight for the shortest window may be below, and only on a phone", () => {
    const lines = ["5 min", "1 h", "6 h"].map((window) => `tenant: Failed calls by model: legend "${window} · bge-m3": 13 px below`);
    assert.deepEqual(lines.filter(isCut(PHONE, OUT)), lines.slice(0, 1));
    assert.deepEqual(lines.filter(isCut(1280, OUT)), lines);
    const others = ['overview: Error rate by route: legend "/chat": 6 px below', 'tenant: Failed calls by model: title "Failed": 6 px below'];
    assert.deepEqual(others.filter(isCut(PHONE, OUT)), others);
  });

  test("names of more routes than the dashboards are made for are found", async () => {
    const lines = await cutTexts(OUT, TWELVE_ROUTES, WINDOW_WIDTHS.at(-1), (name) => name === "overview");
    assert.ok(lines.some((line) => line.includes('legend "/v1/resource-12"')), lines.join("\n"));
  });
});
