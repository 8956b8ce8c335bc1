/** What the page asks and says, over a fake Prometheus whose manners are told. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { panelsOf, settled } from "../settled.mjs";
import { closeChromium, lastHours, open, OUT, panel, preview } from "./preview.mjs";

const OVERVIEW = "/d/workers-ai-overview";
const TENANT = "/d/workers-ai-tenant";

let shown;
afterEach(() => shown?.close());
after(closeChromium);

test("All is asked as the variable's own allValue; $__rate_interval is four scrapes at least", async () => {
  shown = await preview();
  // 6 h on about 500 pixels: steps of 30 s, and 30 s + 15 s are fewer than 4 × 15 s.
  const { asked } = await open(shown.url, OVERVIEW, lastHours(6));
  assert.ok(asked.some((query) => query.includes("{service=~`.*`,route=~`.*`}")));
  assert.ok(asked.some((query) => query.includes("[60s]")));
});

test("Several values are one regular expression, each in its letters alone; over a day $__rate_interval is one scrape more", async () => {
  shown = await preview();
  const { asked } = await open(shown.url, `${OVERVIEW}?var-route=/chat&var-route=/a.b&x=`, lastHours(24));
  assert.ok(asked.some((query) => query.includes("route=~`(/chat|/a\\.b)`")));
  // 24 h on about 500 pixels are steps of 2 min: 120 s + 15 s.
  assert.ok(asked.some((query) => query.includes("[135s]")));
});

test("The dashboard's own tenant is asked with its dot escaped; $__range is the whole span that is shown", async () => {
  shown = await preview();
  const { asked } = await open(shown.url, TENANT, lastHours(6));
  assert.ok(asked.some((query) => query.includes("tenant_id=~`com\\.rainbowsmokeofficial`")));
  assert.ok(asked.some((query) => query.includes("[21600s]")));
});

test("No macro and no variable is left in what is asked", async () => {
  shown = await preview();
  for (const name of ["overview", "tenant", "ai", "storage"]) {
    const { asked } = await open(shown.url, `/d/workers-ai-${name}`);
    assert.ok(asked.length > 0);
    assert.deepEqual(asked.filter((query) => query.includes("$")), []);
  }
});

test("A dead Prometheus is said in words, above the panels and in each", async () => {
  shown = await preview({ prometheus: "http://127.0.0.1:9" });
  const { page } = await open(shown.url, OVERVIEW);
  await page.getByText("Prometheus does not answer").waitFor();
  assert.match(await panel(page, "Pages").textContent(), /http:\/\/127\.0\.0\.1:9 does not answer/);
  assert.ok((await panelsOf(page)).every(({ state }) => state === "failed"));
});

test("A panel whose query fails says why, and the others go on", async () => {
  shown = await preview({ breaks: (query) => query.startsWith('count(ALERTS{alertstate="firing",severity="page"}') });
  const { page } = await open(shown.url, OVERVIEW);
  assert.match(await panel(page, "Pages").textContent(), /the query hit a limit of this test/);
  const others = (await panelsOf(page)).filter(({ title }) => title !== "Pages");
  assert.deepEqual([...new Set(others.map(({ state }) => state))], ["drawn"]);
});

test("Where Prometheus has nothing, each panel says so in its own words", async () => {
  shown = await preview({ empty: () => true });
  const { page } = await open(shown.url, OVERVIEW);
  assert.match(await panel(page, "Pages").textContent(), /Alerting is dead/);
  assert.match(await panel(page, "Firing now").textContent(), /Nothing fires/);
  assert.match(await panel(page, "The worst tenants").textContent(), /No traffic/);
  assert.equal(await panel(page, "Errors by route").getAttribute("data-state"), "empty");
});

test("A panel's description is there to hover", async () => {
  shown = await preview();
  const { page } = await open(shown.url, OVERVIEW);
  await panel(page, "Pages").getByTestId("title-items-container").locator("button, span, svg").first().hover();
  await page.getByText("Zero is said only while alerting itself is known to work.").waitFor();
});

test("A row that the dashboard folds keeps its panels, and asks for them when it is unfolded", async () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  cpSync(OUT, folder, { recursive: true });
  fold(join(folder, "grafana", "dashboards", "overview.json"), "For whom?");
  shown = await preview({ out: folder });
  const { page, asked } = await open(shown.url, OVERVIEW);
  const ofFiring = () => asked.filter((query) => query.includes("by (alertname"));
  assert.deepEqual([await panel(page, "Firing now").count(), ofFiring()], [0, []]);
  await page.getByRole("button", { name: "For whom? (2 panels)" }).click();
  await settled(page);
  assert.equal(await panel(page, "Firing now").getAttribute("data-state"), "drawn");
  assert.ok(ofFiring().length > 0);
  rmSync(folder, { recursive: true });
});

/** Fold a row in a dashboard's file, as Grafana stores it: its panels are within it. */
function fold(file, title) {
  const dashboard = JSON.parse(readFileSync(file, "utf8"));
  const first = dashboard.panels.findIndex((one) => one.title === title) + 1;
  const next = dashboard.panels.findIndex(({ type }, index) => index >= first && type === "row");
  dashboard.panels[first - 1].collapsed = true;
  dashboard.panels[first - 1].panels = dashboard.panels.splice(first, next - first);
  writeFileSync(file, JSON.stringify(dashboard));
}
