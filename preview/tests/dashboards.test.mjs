/** Every dashboard of the output folder renders completely. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { panelStates } from "../rendering.mjs";
import { closeBrowser, DAY, lastHours, openPage, OUT, startPreview } from "./fixtures.mjs";

const FOLDER = join(OUT, "grafana", "dashboards");
const DASHBOARDS = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")));

/** Every model of the simulated day has a price, and no telemetry is lost: nothing to show. */
const WITHOUT_DATA = /^(Tokens without price|Calls without any tokens|Requests without latency)/;
/** A simulation has nothing that servers count themselves. */
const OF_SERVERS = /^(Rule evaluations (failed|missed)|Alerts not delivered|Notifications failed)/;
/** The fake Prometheus answers every other query. */
const hasData = (title) => DAY === undefined || !(OF_SERVERS.test(title) || WITHOUT_DATA.test(title));

describe("each dashboard", () => {
  let preview;
  before(async () => {
    preview = await startPreview({ prometheus: DAY?.prometheus });
  });
  after(async () => {
    await closeBrowser();
    await preview.close();
  });

  for (const dashboard of DASHBOARDS) {
    const expected = dashboard.panels.filter(({ type }) => type !== "row");

    test(`${dashboard.title} renders every panel with data, without an error and without a request that leaves loopback`, async () => {
      const { page, errors } = await openPage(preview.url, `/d/${dashboard.uid}`, DAY?.timeRange ?? lastHours(6));
      const panels = await panelStates(page);
      assert.deepEqual(
        panels.map(({ title, state }) => `${title}: ${state}`),
        expected.map(({ title }) => `${title}: ${hasData(title) ? "drawn" : "empty"}`),
      );
      const noValueTexts = expected.map(({ fieldConfig }) => fieldConfig.defaults.noValue);
      assert.deepEqual(panels.filter(({ title, text }) => hasData(title) && noValueTexts.some((noValue) => text.includes(noValue))), []);
      const named = expected.filter(({ fieldConfig }) => fieldConfig.defaults.displayName);
      const texts = new Map(panels.map(({ title, text }) => [title, text.replace(title, "")]));
      assert.deepEqual(named.filter(({ title }) => !/[a-z]{4}/i.test(texts.get(title))), [], "bars have names");
      const graphs = expected.filter(({ type }) => type === "timeseries" || type === "heatmap");
      const nonBlank = await nonBlankCanvases(page);
      assert.deepEqual(graphs.filter(({ title }) => hasData(title) && !nonBlank.includes(title)), []);
      assert.deepEqual(errors, []);
    });
  }
});

/** Return the titles of the panels with a canvas of more than one color. */
function nonBlankCanvases(page) {
  return page.$$eval("[data-panel]", (panels) => {
    const countColors = (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    };
    const nonBlank = panels.filter((panel) => [...panel.querySelectorAll("canvas")].some((canvas) => countColors(canvas) > 1));
    return nonBlank.map((panel) => panel.getAttribute("data-title"));
  });
}
