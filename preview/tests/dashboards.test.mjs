import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { panelsOf } from "../settled.mjs";
import { closeChromium, DAY, lastHours, open, OUT, preview } from "./preview.mjs";

const FOLDER = join(OUT, "grafana", "dashboards");
const DASHBOARDS = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")));

describe("each dashboard", () => {
  let shown;
  before(async () => {
    shown = await preview({ prometheus: DAY?.prometheus });
  });
  after(async () => {
    await closeChromium();
    await shown.close();
  });

  for (const dashboard of DASHBOARDS) {
    const wanted = dashboard.panels.filter(({ type }) => type !== "row");

    test(`${dashboard.title} draws every panel with data in it, without an error, and stays on loopback`, async () => {
      const { page, trouble } = await open(shown.url, `/d/${dashboard.uid}`, DAY?.span ?? lastHours(6));
      const panels = await panelsOf(page);
      assert.deepEqual(
        panels.map(({ title, state }) => `${title}: ${state}`),
        wanted.map(({ title }) => `${title}: drawn`),
      );
      const words = wanted.map(({ fieldConfig }) => fieldConfig.defaults.noValue);
      assert.deepEqual(panels.filter(({ text }) => words.some((word) => text.includes(word))), []);
      const graphs = wanted.filter(({ type }) => type === "timeseries" || type === "heatmap");
      const withInk = await inked(page);
      assert.deepEqual(graphs.filter(({ title }) => !withInk.includes(title)), []);
      assert.deepEqual(trouble, []);
    });
  }
});

/** The titles of the panels whose canvas is not all of one colour. */
function inked(page) {
  return page.$$eval("[data-panel]", (panels) => {
    const colours = (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    };
    const drawn = panels.filter((panel) => [...panel.querySelectorAll("canvas")].some((canvas) => colours(canvas) > 1));
    return drawn.map((panel) => panel.getAttribute("data-title"));
  });
}
