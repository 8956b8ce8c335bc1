/** Takes the picture of a dashboard that is compared with a stored one: the same data and time give the same pixels. */
import { trackQueries, waitUntilAnswered } from "../rendering.mjs";
import { lastHours } from "./fixtures.mjs";

/** Higher than any dashboard, so that the page has its size before it is drawn; in pixels. */
const VIEWPORT = { width: 1280, height: 10000 };

/** Open a dashboard over the fake Prometheus in a context of its own. */
export async function openDashboard(browser, url) {
  const page = await browser.newPage({ viewport: VIEWPORT, timezoneId: "UTC", locale: "en-GB" });
  const pendingQueries = trackQueries(page);
  await page.goto(`${url}?${new URLSearchParams({ ...lastHours(6), refresh: "" })}`);
  await waitUntilAnswered(page, pendingQueries);
  return page;
}

/** Return a PNG of an open dashboard, and the places of its panels, `{ name, x, y, width, height }`. Rejects if a part is not in it. */
export async function pictureOf(page) {
  const panels = await page.$$eval("[data-panel]", (elements) =>
    elements.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { name: element.dataset.title, x, y, width, height };
    }),
  );
  const height = Math.max(...panels.map((panel) => panel.y + panel.height)) + 16;
  const seen = page.viewportSize().height;
  if (height > seen) throw new Error(`The dashboard has ${Math.ceil(height)} pixels, and the picture would end at ${seen}.`);
  // Without it, a picture may be one of the frame before.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const png = await page.screenshot({ clip: { x: 0, y: 0, width: VIEWPORT.width, height }, animations: "disabled" });
  return { png, panels };
}

export async function takePicture(browser, url) {
  const page = await openDashboard(browser, url);
  const picture = await pictureOf(page);
  await page.close();
  return picture;
}
