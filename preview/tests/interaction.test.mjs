/** Interaction with the page over a simulated day in a real Prometheus. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, describe, test } from "node:test";
import { waitUntilRendered } from "../rendering.mjs";
import {
  closeBrowser, DAY, HOUR_MS, openPage, OVERVIEW_PATH, panel, startPreview, TENANT_PATH, TIMEOUT_MS, TITLES,
} from "./fixtures.mjs";

/** The hostile name of the tenant whose requests fail; set by the test that starts Prometheus. */
const HOSTILE = process.env.PREVIEW_HOSTILE;
const UNREACHABLE = "Prometheus does not respond";

describe("over the simulated day", { skip: DAY ? false : "PREVIEW_PROMETHEUS is not set; `make test` starts one" }, () => {
  let preview;
  afterEach(() => preview?.close());
  after(closeBrowser);

  const openDay = async (path, parameters = {}) => {
    preview = await startPreview({ prometheus: DAY.prometheus });
    return openPage(preview.url, path, { ...DAY.timeRange, ...parameters });
  };
  const refresh = (page) => page.getByTestId("data-testid RefreshPicker run button").click();
  const urlValues = (page, name) => new URL(page.url()).searchParams.getAll(name);

  test("Selected values are in the URL and in the queries, and All excludes other values", async () => {
    const { page, queries, errors } = await openDay(OVERVIEW_PATH);
    const select = async (name) => {
      queries.length = 0;
      await page.getByRole("combobox", { name: "Route" }).click();
      await page.getByRole("option", { name }).click();
      await page.keyboard.press("Escape");
      await waitUntilRendered(page);
    };
    const isQueried = (matcher) => queries.some((query) => query.includes(`route=~\`${matcher}\``));
    await select("/chat");
    assert.deepEqual([urlValues(page, "var-route"), isQueried("/chat")], [["/chat"], true]);
    await select("/search");
    assert.deepEqual([urlValues(page, "var-route"), isQueried("(/chat|/search)")], [["/chat", "/search"], true]);
    await select("All");
    assert.deepEqual([urlValues(page, "var-route"), isQueried(".*")], [["$__all"], true]);
    assert.deepEqual(errors, []);
  });

  test("A link in the table of tenants opens the tenant's dashboard with the same time range", async () => {
    const { page, queries } = await openDay(OVERVIEW_PATH);
    const link = panel(page, TITLES.tenants).getByRole("link").first();
    const name = await link.textContent();
    await link.click({ position: { x: 4, y: 4 } });
    await page.waitForURL(({ pathname }) => pathname === TENANT_PATH);
    await waitUntilRendered(page);
    const { from, to } = DAY.timeRange;
    assert.deepEqual(["var-tenant", "from", "to"].map((key) => urlValues(page, key)), [[name], [from], [to]]);
    assert.match(await page.getByRole("heading", { level: 1 }).textContent(), /Tenant$/);
    const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    assert.ok(queries.some((query) => query.includes(`tenant_id=~\`${escaped}\``)));
  });

  test("A hostile tenant name is text in the table, the link and the select box, matches its series, and runs no script", async () => {
    const { page, errors } = await openDay(OVERVIEW_PATH);
    await panel(page, TITLES.tenants).getByRole("link", { name: HOSTILE, exact: true }).click({ position: { x: 4, y: 4 } });
    await page.waitForURL(({ pathname }) => pathname === TENANT_PATH);
    await waitUntilRendered(page);
    assert.deepEqual(urlValues(page, "var-tenant"), [HOSTILE]);
    assert.equal(await page.getByRole("combobox", { name: "Tenant" }).inputValue(), HOSTILE);
    assert.equal(await panel(page, TITLES.requests).getAttribute("data-state"), "drawn");
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(errors, []);
  });

  test("A link to another dashboard keeps the time range, the variables and the theme", async () => {
    const { page } = await openDay(OVERVIEW_PATH, { "var-route": "/chat", theme: "light" });
    await page.getByRole("navigation", { name: "Links" }).getByRole("link", { name: "Storage" }).click();
    await waitUntilRendered(page);
    assert.deepEqual(["var-route", "to", "theme"].map((key) => urlValues(page, key)), [["/chat"], [DAY.timeRange.to], ["light"]]);
    assert.match(await page.title(), /Storage$/);
  });

  test("The theme is dark, and light after a click on its button", async () => {
    const { page, errors } = await openDay(OVERVIEW_PATH);
    const backgroundColor = () => page.locator(".page").evaluate((element) => getComputedStyle(element).backgroundColor);
    const dark = await backgroundColor();
    await page.getByRole("button", { name: "Light" }).click();
    await waitUntilRendered(page);
    assert.deepEqual([dark, await backgroundColor()], ["rgb(17, 18, 23)", "rgb(251, 251, 251)"]);
    assert.deepEqual(errors, []);
  });

  test("The back arrow moves the time range by half its length; a manual and an automatic refresh repeat all queries", async () => {
    const { page, queries } = await openDay(OVERVIEW_PATH);
    const total = queries.length;
    await page.getByRole("button", { name: /backward/i }).click();
    await waitUntilRendered(page);
    const [from, to] = [DAY.timeRange.from, DAY.timeRange.to].map((time) => String(Number(time) - 3 * HOUR_MS));
    assert.deepEqual([urlValues(page, "from"), urlValues(page, "to")], [[from], [to]]);
    queries.length = 0;
    await refresh(page);
    await waitUntilRendered(page);
    assert.equal(queries.length, total);
    queries.length = 0;
    await page.goto(page.url().replace("refresh=", "refresh=2s"));
    await eventually(() => queries.length > total, true);
  });

  test("Graphs have an annotation for each alert that fired: the failing store and the slow route", async () => {
    const { page } = await openDay(OVERVIEW_PATH);
    const markers = panel(page, TITLES.errors).locator(".annotation-marker");
    await markers.first().waitFor({ state: "attached" });
    const labels = await markers.evaluateAll((elements) => elements.map((element) => element.getAttribute("aria-label")));
    for (const expected of [/^StorageErrors kv$/, /^(Route)?HighLatency .*\/search/]) {
      assert.ok(labels.some((label) => expected.test(label)), labels.join("; "));
    }
  });

  test("A click on a legend item isolates its series, a second shows all, Ctrl hides one, and the keyboard does the same", async () => {
    const { page } = await openDay(OVERVIEW_PATH);
    const graph = panel(page, TITLES.requests);
    const legendItem = (route) => graph.getByTestId(`data-testid VizLegend series ${route}`);
    const [chat, search] = await Promise.all(["/chat", "/search"].map((route) => colorOf(legendItem(route))));
    const visible = async () => [await hasColor(graph, chat), await hasColor(graph, search)];
    assert.deepEqual(await visible(), [true, true]);
    await legendItem("/chat").getByRole("button").click();
    await eventually(visible, [true, false]);
    await legendItem("/chat").getByRole("button").click();
    await eventually(visible, [true, true]);
    await legendItem("/chat").getByRole("button").click({ modifiers: ["Control"] });
    await eventually(visible, [false, true]);
    await legendItem("/chat").getByRole("button").focus();
    await page.keyboard.press("Enter");
    await eventually(visible, [true, false]);
  });

  test("A collapsed row moves the rows below up, and the keyboard expands it again", async () => {
    const { page } = await openDay(OVERVIEW_PATH);
    const row = page.getByRole("button", { name: TITLES.tenantRow });
    // Below the row, because a click scrolls it into view.
    const below = async (locator) => (await locator.boundingBox()).y - (await row.boundingBox()).y;
    const nextRow = page.getByRole("button", { name: TITLES.nextRow });
    const expanded = await below(nextRow);
    const top = await below(panel(page, TITLES.tenants));
    const { height } = await panel(page, TITLES.tenants).boundingBox();
    const { height: ofStat } = await panel(page, TITLES.activeTenants).boundingBox();
    const { height: ofTrend } = await panel(page, TITLES.activeTenantsOverTime).boundingBox();
    await row.click();
    await waitUntilRendered(page);
    assert.equal(await panel(page, TITLES.tenants).count(), 0);
    assert.equal(await row.getAttribute("aria-expanded"), "false");
    // The next row moves up by the heights of the three panels and a gap of 8 pixels for each.
    const moved = Math.round(expanded - (await below(nextRow)));
    const heights = [height, ofStat, ofTrend].reduce((sum, each) => sum + Math.round(each) + 8, 0);
    assert.deepEqual([moved, Math.round(expanded - top) >= height], [heights, true]);
    await row.focus();
    await page.keyboard.press("Enter");
    await waitUntilRendered(page);
    assert.deepEqual([await panel(page, TITLES.tenants).getAttribute("data-state"), await below(nextRow)], ["drawn", expanded]);
  });

  test("The page reports that Prometheus does not respond, and recovers when it does", async (t) => {
    const [proxy, url] = await startProxy(DAY.prometheus);
    t.after(() => (proxy.server.closeAllConnections(), proxy.server.close()));
    preview = await startPreview({ prometheus: url });
    const { page } = await openPage(preview.url, OVERVIEW_PATH, DAY.timeRange);
    proxy.open = false;
    await refresh(page);
    await page.getByText(UNREACHABLE).waitFor();
    proxy.open = true;
    await refresh(page);
    await page.getByText(UNREACHABLE).waitFor({ state: "detached" });
    await waitUntilRendered(page);
    assert.equal(await panel(page, TITLES.requests).getAttribute("data-state"), "drawn");
  });
});

/** Start a proxy of Prometheus that drops every connection unless it is open. */
async function startProxy(prometheus) {
  const proxy = { open: true };
  proxy.server = createServer(async (request, response) => {
    if (!proxy.open) return response.destroy();
    const upstream = await fetch(prometheus + request.url);
    response.writeHead(upstream.status, { "content-type": "application/json" }).end(await upstream.text());
  });
  await new Promise((done) => proxy.server.listen(0, "127.0.0.1", done));
  return [proxy, `http://127.0.0.1:${proxy.server.address().port}`];
}

/** Return the color of a legend item as [red, green, blue]. */
function colorOf(legendItem) {
  return legendItem.evaluate((element) => {
    const backgrounds = [...element.querySelectorAll("*")].map((child) => getComputedStyle(child).backgroundColor);
    const color = backgrounds.find((background) => background !== "rgba(0, 0, 0, 0)");
    return color.match(/\d+/g).slice(0, 3).map(Number);
  });
}

/** Return whether a graph has more than 20 pixels of a color. */
function hasColor(graph, color) {
  return graph.locator("canvas").first().evaluate((canvas, [red, green, blue]) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let offset = 0; offset < data.length; offset += 4) {
      if (data[offset] === red && data[offset + 1] === green && data[offset + 2] === blue && data[offset + 3] === 255) count += 1;
    }
    return count > 20;
  }, color);
}

/** Wait until a function returns the expected value, or until the timeout. */
async function eventually(actual, expected) {
  const deadline = Date.now() + TIMEOUT_MS;
  while (JSON.stringify(await actual()) !== JSON.stringify(expected) && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.deepEqual(await actual(), expected);
}
