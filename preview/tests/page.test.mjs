/** The page's queries and messages, over a fake Prometheus. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { panelStates, waitUntilRendered } from "../rendering.mjs";
import {
  closeBrowser, lastHours, openPage, OUT, OVERVIEW_PATH, overviewPanel, overviewQueries, panel, startPreview, TENANT_PATH, TITLES,
} from "./fixtures.mjs";

let preview;
afterEach(() => preview?.close());
after(closeBrowser);

test("All is queried as the variable's allValue; $__rate_interval is at least four scrape intervals", async () => {
  preview = await startPreview();
  // 3 h on about 400 pixels: a step of 30 s, and 30 s + 15 s is less than 4 × 15 s.
  const { queries } = await openPage(preview.url, OVERVIEW_PATH, lastHours(3));
  assert.ok(queries.some((query) => query.includes(",service=~`.*`,route=~`.*`}")));
  assert.ok(queries.some((query) => query.includes("[60s]")));
});

test("Several values become one regular expression, escaped; over a day $__rate_interval is the step plus a scrape interval", async () => {
  preview = await startPreview();
  const { queries } = await openPage(preview.url, `${OVERVIEW_PATH}?var-route=/chat&var-route=/a.b&x=`, lastHours(24));
  assert.ok(queries.some((query) => query.includes("route=~`(/chat|/a\\.b)`")));
  // 24 h on about 400 pixels: a step of 2 min, and 120 s + 15 s.
  assert.ok(queries.some((query) => query.includes("[135s]")));
});

test("The dashboard's default tenant is escaped in the queries; $__range is the whole time range", async () => {
  preview = await startPreview();
  const { queries } = await openPage(preview.url, TENANT_PATH, lastHours(6));
  assert.ok(queries.some((query) => query.includes("tenant_id=~`com\\.rainbowsmokeofficial`")));
  assert.ok(queries.some((query) => query.includes("[21600s]")));
});

test("The queries contain no macro and no variable", async () => {
  preview = await startPreview();
  for (const name of ["overview", "tenant", "ai", "storage"]) {
    const { queries } = await openPage(preview.url, `/d/workers-ai-${name}`);
    assert.ok(queries.length > 0);
    assert.deepEqual(queries.filter((query) => query.includes("$")), []);
  }
});

test("Without Prometheus an error is shown above the panels and in each panel", async () => {
  preview = await startPreview({ prometheus: "http://127.0.0.1:9" });
  const { page } = await openPage(preview.url, OVERVIEW_PATH);
  await page.getByText("Prometheus does not respond").waitFor();
  assert.match(await panel(page, TITLES.pages).textContent(), /http:\/\/127\.0\.0\.1:9: no response/);
  assert.ok((await panelStates(page)).every(({ state }) => state === "failed"));
});

test("A panel whose query fails shows the error, and the other panels are rendered", async () => {
  preview = await startPreview({ fails: (query) => overviewQueries(TITLES.pages).includes(query) });
  const { page } = await openPage(preview.url, OVERVIEW_PATH);
  assert.match(await panel(page, TITLES.pages).textContent(), /the query hit a limit of this test/);
  const others = (await panelStates(page)).filter(({ title }) => title !== TITLES.pages);
  assert.deepEqual(others.filter(({ state }) => state !== "drawn").map(({ title }) => title), []);
});

test("A panel without data shows its noValue text, or the text that its mapping has for no value", async () => {
  preview = await startPreview({ isEmpty: () => true });
  const { page } = await openPage(preview.url, OVERVIEW_PATH);
  for (const title of [TITLES.pages, TITLES.firing, TITLES.tenants]) {
    const { noValue, mappings } = overviewPanel(title).fieldConfig.defaults;
    const text = mappings.find(({ options }) => options.match === "null")?.options.result.text ?? noValue;
    assert.ok((await panel(page, title).textContent()).includes(text), `${title}: ${text}`);
  }
  assert.equal(await panel(page, TITLES.errors).getAttribute("data-state"), "empty");
});

test("The pointer over a panel's icon shows its description", async () => {
  preview = await startPreview();
  const { page } = await openPage(preview.url, OVERVIEW_PATH);
  await panel(page, TITLES.pages).getByTestId("title-items-container").locator("button, span, svg").first().hover();
  await page.getByText(overviewPanel(TITLES.pages).description).waitFor();
});

test("A row that the dashboard collapses contains its panels, which are queried when it is expanded", async () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  cpSync(OUT, folder, { recursive: true });
  const panelCount = collapseRow(join(folder, "grafana", "dashboards", "overview.json"), TITLES.firingRow);
  preview = await startPreview({ out: folder });
  const { page, queries } = await openPage(preview.url, OVERVIEW_PATH);
  const firingQueries = () => queries.filter((query) => query.includes("by (platform, alertname"));
  assert.deepEqual([await panel(page, TITLES.firing).count(), firingQueries()], [0, []]);
  await page.getByRole("button", { name: `${TITLES.firingRow} (${panelCount} panels)` }).click();
  await waitUntilRendered(page);
  assert.equal(await panel(page, TITLES.firing).getAttribute("data-state"), "drawn");
  assert.ok(firingQueries().length > 0);
  rmSync(folder, { recursive: true });
});

/** Collapse a row in a dashboard's file as Grafana stores it, with its panels inside; returns their number. */
function collapseRow(file, title) {
  const dashboard = JSON.parse(readFileSync(file, "utf8"));
  const first = dashboard.panels.findIndex((candidate) => candidate.title === title) + 1;
  const next = dashboard.panels.findIndex(({ type }, index) => index >= first && type === "row");
  const row = dashboard.panels[first - 1];
  row.collapsed = true;
  row.panels = dashboard.panels.splice(first, next - first);
  writeFileSync(file, JSON.stringify(dashboard));
  return row.panels.length;
}
