import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { panelsOf, settled } from "../settled.mjs";
import { closeChromium, lastHours, NOW, open, preview } from "./preview.mjs";

const OVERVIEW = "/d/workers-ai-overview";
const TENANT = "/d/workers-ai-tenant";
const HOSTILE = `</script><img src=x onerror="window.hacked=1">"'$`;

let shown;
afterEach(() => shown?.close());
after(closeChromium);

const panel = (page, title) => page.locator(`[data-title="${title}"]`);
const stateOf = (page, title) => panel(page, title).getAttribute("data-state");

test("All is asked as the variable's own allValue", async () => {
  shown = await preview();
  await open(shown.url, OVERVIEW);
  assert.ok(shown.asked.some((query) => query.includes("{service=~`.*`,route=~`.*`}")));
});

test("What is picked in a list is what is asked, and All makes way for it", async () => {
  shown = await preview();
  const { page } = await open(shown.url, OVERVIEW);
  await page.getByRole("combobox", { name: "Route" }).click();
  await page.getByRole("option", { name: "/chat" }).click();
  await page.keyboard.press("Escape");
  await settled(page);
  assert.deepEqual(new URL(page.url()).searchParams.getAll("var-route"), ["/chat"]);
  assert.ok(shown.asked.some((query) => query.includes("route=~`/chat`")));
});

test("Several values are asked as one regular expression, each in its letters alone", async () => {
  shown = await preview();
  await open(shown.url, `${OVERVIEW}?var-route=/chat&var-route=/a.b&x=`);
  assert.ok(shown.asked.some((query) => query.includes("route=~`(/chat|/a\\.b)`")));
});

test("The tenant of the dashboard's own choice is asked with its dot escaped", async () => {
  shown = await preview();
  await open(shown.url, TENANT);
  assert.ok(shown.asked.some((query) => query.includes("tenant_id=~`com\\.rainbowsmokeofficial`")));
});

test("$__rate_interval is four scrapes at least, and one scrape more than the step over a long time", async () => {
  shown = await preview();
  // 6 h on about 500 pixels: steps of 30 s, 30 s + 15 s are fewer than 4 × 15 s.
  await open(shown.url, OVERVIEW, lastHours(6));
  assert.ok(shown.asked.some((query) => query.includes("[60s]")));
  // 24 h on about 500 pixels are steps of 2 min: 120 s + 15 s.
  await open(shown.url, OVERVIEW, lastHours(24));
  assert.ok(shown.asked.some((query) => query.includes("[135s]")));
});

test("$__range is the whole span that is shown", async () => {
  shown = await preview();
  await open(shown.url, TENANT, lastHours(6));
  assert.ok(shown.asked.some((query) => query.includes("[21600s]")));
});

test("No macro and no variable is left in what is asked", async () => {
  shown = await preview();
  for (const uid of ["overview", "tenant", "ai", "storage"]) await open(shown.url, `/d/workers-ai-${uid}`);
  assert.deepEqual(shown.asked.filter((query) => query.includes("$")), []);
});

test("The worst tenant's row opens that tenant, at the same time", async () => {
  shown = await preview({ tenants: ["acme"] });
  const { page } = await open(shown.url, OVERVIEW);
  await panel(page, "The worst tenants").getByRole("link", { name: "acme" }).click();
  await page.waitForURL(({ pathname }) => pathname === TENANT);
  await settled(page);
  const { searchParams } = new URL(page.url());
  assert.deepEqual([searchParams.get("var-tenant"), searchParams.get("to")], ["acme", String(NOW)]);
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Tenant");
  assert.ok(shown.asked.some((query) => query.includes("tenant_id=~`acme`")));
});

test("A link to another dashboard keeps the time and the choices", async () => {
  shown = await preview();
  const { page } = await open(shown.url, OVERVIEW, { ...lastHours(6), "var-route": "/chat" });
  await page.getByRole("navigation").getByRole("link", { name: "Storage" }).click();
  await settled(page);
  const { searchParams } = new URL(page.url());
  assert.deepEqual([searchParams.get("var-route"), searchParams.get("to")], ["/chat", String(NOW)]);
  assert.equal(await page.title(), "Storage");
});

test("A hostile tenant is a text in the table, in the link and in the query, and runs nothing", async () => {
  shown = await preview({ tenants: [HOSTILE] });
  const { page, trouble } = await open(shown.url, OVERVIEW);
  const link = panel(page, "The worst tenants").getByRole("link");
  assert.equal(await link.textContent(), HOSTILE);
  await link.click({ position: { x: 4, y: 4 } });
  await page.waitForURL(({ pathname }) => pathname === TENANT);
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get("var-tenant"), HOSTILE);
  assert.ok(shown.asked.some((query) => query.includes("tenant_id=~`</script><img src=x onerror=\"window\\.hacked=1\">\"'\\$`")));
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.deepEqual(trouble, []);
});

test("A dead Prometheus is said in words, above the panels and in each", async () => {
  shown = await preview({ prometheus: "http://127.0.0.1:9" });
  const { page } = await open(shown.url, OVERVIEW);
  assert.match(await page.getByText("Prometheus does not answer").textContent(), /Prometheus does not answer/);
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
  assert.equal(await stateOf(page, "Errors by route"), "empty");
});

test("A panel's description is there to hover", async () => {
  shown = await preview();
  const { page } = await open(shown.url, OVERVIEW);
  await panel(page, "Pages").getByTestId("title-items-container").locator("button, span, svg").first().hover();
  await page.getByText("Zero is said only while alerting itself is known to work.").waitFor();
});

test("Alerts that fired are marked on the graphs by their names", async () => {
  shown = await preview();
  const { page } = await open(shown.url, OVERVIEW);
  const marks = panel(page, "Errors by route").locator(".firing-mark");
  await marks.first().waitFor({ state: "attached" });
  assert.match(await marks.first().getAttribute("aria-label"), /^HighErrorRate \//);
});

test("The page is dark, and light when it is asked to be", async () => {
  shown = await preview();
  const ground = (page) => page.locator(".page").evaluate((element) => getComputedStyle(element).backgroundColor);
  const dark = await ground((await open(shown.url, OVERVIEW)).page);
  const light = await ground((await open(shown.url, OVERVIEW, { ...lastHours(6), theme: "light" })).page);
  assert.deepEqual([dark, light], ["rgb(17, 18, 23)", "rgb(251, 251, 251)"]);
});
