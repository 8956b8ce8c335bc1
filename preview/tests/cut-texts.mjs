/**
 * Lists the texts that the dashboards of an output folder cut off at the widths of a monitor, a laptop and a phone, over the
 * fake Prometheus. The exit status is 1 if there are any.
 *
 *     node preview/tests/cut-texts.mjs [--out out] [--width 390] [--dashboard ai] [--routes 12]
 */
import { parseArgs } from "node:util";
import { launchBrowser } from "../browser.mjs";
import { findCutTexts, WINDOW_WIDTHS } from "../readability.mjs";
import { listDashboards, waitUntilRendered } from "../rendering.mjs";
import { serve } from "../server.mjs";
import { fakePrometheus, numberedRoutes } from "./fake-prometheus.mjs";
import { lastHours } from "./fixtures.mjs";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "out" },
    width: { type: "string" },
    dashboard: { type: "string" },
    routes: { type: "string" },
  },
});

async function printCutTexts(browser, url) {
  const widths = values.width ? [Number(values.width)] : WINDOW_WIDTHS;
  const dashboards = (await listDashboards(values.out)).filter(({ name }) => !values.dashboard || name === values.dashboard);
  const page = await browser.newPage({ timezoneId: "UTC", locale: "en-GB" });
  let total = 0;
  for (const width of widths) {
    await page.setViewportSize({ width, height: 1000 });
    for (const { name, uid } of dashboards) {
      await page.goto(`${url}/d/${uid}?${new URLSearchParams({ ...lastHours(6), refresh: "" })}`);
      await waitUntilRendered(page);
      const cut = await findCutTexts(page);
      total += cut.length;
      for (const { panel, kind, text, hidden } of cut) console.log(`${name} ${width} px: ${panel}: ${kind} "${text}": ${hidden}`);
    }
  }
  console.log(`${total} texts are cut off.`);
  return total;
}

const fake = await fakePrometheus(values.routes ? { labelValues: numberedRoutes(Number(values.routes)) } : {});
const server = await serve({ out: values.out, prometheus: fake.url });
const browser = await launchBrowser();
try {
  process.exitCode = (await printCutTexts(browser, server.url)) > 0 ? 1 : 0;
} finally {
  await Promise.all([browser.close(), server.close(), fake.close()]);
}
