/** The simulated day, in a real Prometheus: what a person does with the page, and what is then asked and shown. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, describe, test } from "node:test";
import { settled } from "../settled.mjs";
import { closeChromium, DAY, open, panel, PATIENCE_MS, preview } from "./preview.mjs";

const OVERVIEW = "/d/workers-ai-overview";
const TENANT = "/d/workers-ai-tenant";
const HOUR = 3_600_000;
/** Of the tenant that the day's incident is of, as the test that starts Prometheus names it. */
const HOSTILE = process.env.PREVIEW_HOSTILE;

describe("on the simulated day", { skip: DAY ? false : "PREVIEW_PROMETHEUS names no Prometheus: `make test` starts one" }, () => {
  let shown;
  afterEach(() => shown?.close());
  after(closeChromium);

  const opened = async (path, parameters = {}) => {
    shown = await preview({ prometheus: DAY.prometheus });
    return open(shown.url, path, { ...DAY.span, ...parameters });
  };
  const refreshed = (page) => page.getByTestId("data-testid RefreshPicker run button").click();
  const chosen = (page, name) => new URL(page.url()).searchParams.getAll(name);

  test("What is picked in a list is what is asked, several too, and All makes way and comes back", async () => {
    const { page, asked, trouble } = await opened(OVERVIEW);
    const pick = async (name) => {
      asked.length = 0;
      await page.getByRole("combobox", { name: "Route" }).click();
      await page.getByRole("option", { name }).click();
      await page.keyboard.press("Escape");
      await settled(page);
    };
    const askedFor = (matcher) => asked.some((query) => query.includes(`route=~\`${matcher}\``));
    await pick("/chat");
    assert.deepEqual([chosen(page, "var-route"), askedFor("/chat")], [["/chat"], true]);
    await pick("/search");
    assert.deepEqual([chosen(page, "var-route"), askedFor("(/chat|/search)")], [["/chat", "/search"], true]);
    await pick("All");
    assert.deepEqual([chosen(page, "var-route"), askedFor(".*")], [["$__all"], true]);
    assert.deepEqual(trouble, []);
  });

  test("The worst tenant's row opens that tenant, at the same time", async () => {
    const { page, asked } = await opened(OVERVIEW);
    const link = panel(page, "The worst tenants").getByRole("link").first();
    const name = await link.textContent();
    await link.click({ position: { x: 4, y: 4 } });
    await page.waitForURL(({ pathname }) => pathname === TENANT);
    await settled(page);
    assert.deepEqual([chosen(page, "var-tenant"), chosen(page, "from"), chosen(page, "to")], [[name], [DAY.span.from], [DAY.span.to]]);
    assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Tenant");
    const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    assert.ok(asked.some((query) => query.includes(`tenant_id=~\`${escaped}\``)));
  });

  test("A hostile tenant's name is a text in the table, in the link and in the list, finds its data, and runs nothing", async () => {
    const { page, trouble } = await opened(OVERVIEW);
    await panel(page, "The worst tenants").getByRole("link", { name: HOSTILE, exact: true }).click({ position: { x: 4, y: 4 } });
    await page.waitForURL(({ pathname }) => pathname === TENANT);
    await settled(page);
    assert.deepEqual(chosen(page, "var-tenant"), [HOSTILE]);
    assert.equal(await page.getByRole("combobox", { name: "Tenant" }).inputValue(), HOSTILE);
    assert.equal(await panel(page, "Requests by route").getAttribute("data-state"), "drawn");
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(trouble, []);
  });

  test("A link to another dashboard keeps the time, the choices and the light", async () => {
    const { page } = await opened(OVERVIEW, { "var-route": "/chat", theme: "light" });
    await page.getByRole("navigation").getByRole("link", { name: "Storage" }).click();
    await settled(page);
    assert.deepEqual([chosen(page, "var-route"), chosen(page, "to"), chosen(page, "theme")], [["/chat"], [DAY.span.to], ["light"]]);
    assert.equal(await page.title(), "Storage");
  });

  test("The page is dark, and light once its button is pressed", async () => {
    const { page, trouble } = await opened(OVERVIEW);
    const ground = () => page.locator(".page").evaluate((element) => getComputedStyle(element).backgroundColor);
    const dark = await ground();
    await page.getByRole("button", { name: "Light" }).click();
    await settled(page);
    assert.deepEqual([dark, await ground()], ["rgb(17, 18, 23)", "rgb(251, 251, 251)"]);
    assert.deepEqual(trouble, []);
  });

  test("The arrow to the past shows half a span earlier; refresh asks all of it again, by hand and by itself", async () => {
    const { page, asked } = await opened(OVERVIEW);
    const all = asked.length;
    await page.getByRole("button", { name: /backward/i }).click();
    await settled(page);
    const [from, to] = [DAY.span.from, DAY.span.to].map((at) => String(Number(at) - 3 * HOUR));
    assert.deepEqual([chosen(page, "from"), chosen(page, "to")], [[from], [to]]);
    asked.length = 0;
    await refreshed(page);
    await settled(page);
    assert.equal(asked.length, all);
    asked.length = 0;
    await page.goto(page.url().replace("refresh=", "refresh=2s"));
    await becomes(() => asked.length > all, true);
  });

  test("Alerts are marked on the graphs by their names: the store that failed, and the route that was slow", async () => {
    const { page } = await opened(OVERVIEW);
    const marks = panel(page, "Errors by route").locator(".firing-mark");
    await marks.first().waitFor({ state: "attached" });
    const words = await marks.evaluateAll((found) => found.map((mark) => mark.getAttribute("aria-label")));
    for (const told of [/^StorageErrors kv$/, /^RouteHighLatency .*\/search/]) assert.ok(words.some((said) => told.test(said)), words.join("; "));
  });

  test("A legend's entry, clicked, is alone, and brings all back; with Ctrl it hides; keys do it too", async () => {
    const { page } = await opened(OVERVIEW);
    const graph = panel(page, "Requests by route");
    const legend = (route) => graph.getByTestId(`data-testid VizLegend series ${route} · worker-api`);
    const [chat, search] = await Promise.all(["/chat", "/search"].map((route) => colourOf(legend(route))));
    const drawn = async () => [await hasInk(graph, chat), await hasInk(graph, search)];
    assert.deepEqual(await drawn(), [true, true]);
    await legend("/chat").getByRole("button").click();
    await becomes(drawn, [true, false]);
    await legend("/chat").getByRole("button").click();
    await becomes(drawn, [true, true]);
    await legend("/chat").getByRole("button").click({ modifiers: ["Control"] });
    await becomes(drawn, [false, true]);
    await legend("/chat").getByRole("button").focus();
    await page.keyboard.press("Enter");
    await becomes(drawn, [true, false]);
  });

  test("A row folds, what is under it moves up, and unfolds by the keyboard", async () => {
    const { page } = await opened(OVERVIEW);
    const row = page.getByRole("button", { name: /^For whom\?/ });
    const place = async () => (await page.getByRole("button", { name: /^What is left/ }).boundingBox()).y;
    const open = await place();
    const { y, height } = await panel(page, "The worst tenants").boundingBox();
    await row.click();
    await settled(page);
    assert.equal(await panel(page, "The worst tenants").count(), 0);
    assert.equal(await row.getAttribute("aria-expanded"), "false");
    // The next row begins where the panel began: its height and a gap of 8 pixels higher.
    assert.deepEqual([Math.round(open - (await place())), Math.round(open - y) >= height], [Math.round(height) + 8, true]);
    await row.focus();
    await page.keyboard.press("Enter");
    await settled(page);
    assert.deepEqual([await panel(page, "The worst tenants").getAttribute("data-state"), await place()], ["drawn", open]);
  });

  test("A Prometheus that dies while the page is open is said in words, and forgotten when it is back", async (testing) => {
    const [gate, url] = await gateTo(DAY.prometheus);
    testing.after(() => (gate.server.closeAllConnections(), gate.server.close()));
    shown = await preview({ prometheus: url });
    const { page } = await open(shown.url, OVERVIEW, DAY.span);
    gate.open = false;
    await refreshed(page);
    await page.getByText("Prometheus does not answer").waitFor();
    gate.open = true;
    await refreshed(page);
    await page.getByText("Prometheus does not answer").waitFor({ state: "detached" });
    await settled(page);
    assert.equal(await panel(page, "Requests by route").getAttribute("data-state"), "drawn");
  });
});

/** A way to a Prometheus that breaks every connection while it is not open. */
async function gateTo(prometheus) {
  const gate = { open: true };
  gate.server = createServer(async (request, response) => {
    if (!gate.open) return response.destroy();
    const answer = await fetch(prometheus + request.url);
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise((done) => gate.server.listen(0, "127.0.0.1", done));
  return [gate, `http://127.0.0.1:${gate.server.address().port}`];
}

/** The colour of a legend's entry, as [red, green, blue]. */
function colourOf(entry) {
  return entry.evaluate((element) => {
    const icons = [...element.querySelectorAll("*")].map((one) => getComputedStyle(one).backgroundColor);
    const colour = icons.find((found) => found !== "rgba(0, 0, 0, 0)");
    return colour.match(/\d+/g).slice(0, 3).map(Number);
  });
}

/** Whether a graph has a line's worth of pixels in a colour. */
function hasInk(graph, colour) {
  return graph.locator("canvas").first().evaluate((canvas, [red, green, blue]) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) found += 1;
    }
    return found > 20;
  }, colour);
}

/** Wait until a question has the wanted answer, as long as tests wait. */
async function becomes(question, wanted) {
  const end = Date.now() + PATIENCE_MS;
  while (JSON.stringify(await question()) !== JSON.stringify(wanted) && Date.now() < end) {
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.deepEqual(await question(), wanted);
}
