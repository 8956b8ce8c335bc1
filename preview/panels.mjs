/**
 * Takes a picture of every panel of the dashboards in an output folder, each at its own size, on a light and on a dark
 * ground. It prints them as JSON, sizes in pixels of the page, PNGs (twice as fine) in base64:
 * `[{ dashboard, panel, state, said, width, height, light, dark }]`.
 *
 *     node preview/panels.mjs --out FOLDER --prometheus URL --from MS --to MS
 */
import { dashboardsIn, drawing } from "./drawing.mjs";
import { Fault } from "./server.mjs";
import { settled } from "./settled.mjs";

const [WIDTH, HEIGHT] = [1600, 900];
const FIRST = { viewport: { width: WIDTH - 100, height: HEIGHT }, deviceScaleFactor: 2, timezoneId: "UTC", locale: "en-GB" };
const QUIET_MS = 50;

async function panels(browser, url, values) {
  const pictures = [];
  for (const dashboard of await dashboardsIn(values.out)) pictures.push(...(await drawn(browser, url, dashboard, values)));
  console.log(JSON.stringify(pictures));
}

/** The pictures of one dashboard's panels. */
async function drawn(browser, url, { uid, title }, span) {
  const light = await shot(browser, `${url}/d/${uid}`, title, { ...span, theme: "light" });
  const dark = await shot(browser, `${url}/d/${uid}`, title, { ...span, theme: "dark" });
  return light.map(({ picture, ...panel }, number) => {
    return { dashboard: title, ...panel, light: picture, dark: dark[number].picture };
  });
}

async function shot(browser, url, title, { from, to, theme }) {
  const context = await browser.newContext(FIRST);
  const page = await context.newPage();
  const underWay = questionsOf(page);
  await page.goto(`${url}?${new URLSearchParams({ from, to, theme, refresh: "" })}`);
  await quiet(page, underWay, title);
  // Graphs place the marks of alerts when they draw anew: so they draw once more, now that the alerts are known.
  await Promise.all([page.waitForRequest(isQuestion), page.setViewportSize({ width: WIDTH, height: HEIGHT })]);
  await quiet(page, underWay, title);
  const pictures = [];
  for (const panel of await page.locator("[data-panel]").all()) pictures.push(await portrait(panel));
  await context.close();
  return pictures;
}

async function quiet(page, underWay, title) {
  const untold = (error) => Promise.reject(new Fault(`${title} is not drawn (${firstLine(error)}); see whether Prometheus answers`));
  await settled(page).catch(untold);
  while (underWay.size > 0) await page.waitForTimeout(QUIET_MS);
  await settled(page).catch(untold);
}

const isQuestion = (request) => request.url().includes("/api/prometheus/");

/** What the page has asked Prometheus and not heard yet: the marks of alerts, too, for which no panel waits. */
function questionsOf(page) {
  const underWay = new Set();
  page.on("request", (request) => isQuestion(request) && underWay.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => underWay.delete(request));
  return underWay;
}

async function portrait(panel) {
  const { width, height } = await panel.boundingBox();
  const [id, state] = [await panel.getAttribute("data-panel"), await panel.getAttribute("data-state")];
  const said = state === "failed" ? await panel.innerText() : "";
  const picture = (await panel.screenshot({ animations: "disabled" })).toString("base64");
  return { panel: Number(id), state, said, width: Math.round(width), height: Math.round(height), picture };
}

const firstLine = (error) => error.message.split("\n")[0];

drawing(panels).catch((error) => {
  console.error(`panels: ${error instanceof Fault ? error.message : firstLine(error)}`);
  process.exit(2);
});
