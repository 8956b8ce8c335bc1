/** The comparison of pictures notices what a reader would notice. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launchBrowser } from "../browser.mjs";
import { OVERVIEW_PATH, startPreview, TITLES } from "./fixtures.mjs";
import { differences } from "./images.mjs";
import { openDashboard, pictureOf } from "./pictures.mjs";

describe("a picture of the Overview", () => {
  let preview;
  let browser;
  let page;
  let blankPage;
  let original;
  before(async () => {
    [preview, browser] = await Promise.all([startPreview(), launchBrowser()]);
    page = await openDashboard(browser, `${preview.url}${OVERVIEW_PATH}`);
    blankPage = await browser.newPage();
    original = await pictureOf(page);
  });
  after(async () => {
    await browser?.close();
    await preview?.close();
  });

  /** Return the differences of a picture while some elements have another style. */
  const differencesWith = async (selector, style) => {
    const rule = await page.addStyleTag({ content: `${selector} { ${style} }` });
    const changed = await pictureOf(page);
    await rule.evaluate((element) => element.remove());
    return differences(blankPage, original.png, changed.png, original.panels);
  };

  const inPanel = (title, selector) => `[data-title="${title}"] ${selector}`;

  test("The same page has the same picture", async () => {
    assert.deepEqual(await differencesWith("main", ""), {});
  });

  test("A missing entry of a legend is a difference in its panel alone", async () => {
    const found = await differencesWith(inPanel(TITLES.requests, "[data-testid*='VizLegend series /chat']"), "visibility: hidden");
    assert.deepEqual(Object.keys(found), [TITLES.requests]);
  });

  test("A missing legend is a difference in its panel alone", async () => {
    const found = await differencesWith(inPanel(TITLES.requests, "[data-testid='data-testid viz-layout-legend']"), "visibility: hidden");
    assert.deepEqual(Object.keys(found), [TITLES.requests]);
  });

  test("A cut title is a difference in its panel alone", async () => {
    const selector = inPanel(TITLES.errors, "[data-testid*='header-container'] h2");
    const width = await page.locator(selector).evaluate((title) => title.clientWidth);
    assert.deepEqual(Object.keys(await differencesWith(selector, `max-width: ${width - 4}px`)), [TITLES.errors]);
  });

  test("A panel that is 8 pixels further down, or to the right, is a difference", async () => {
    for (const shift of ["0, 8px", "8px, 0"]) {
      const found = await differencesWith(`.grid-item:has([data-title="${TITLES.errors}"])`, `transform: translate(${shift})`);
      assert.ok(found[TITLES.errors] > 1000, JSON.stringify(found));
    }
  });

  test("A picture that would end above the last panel is an error", async () => {
    const { width, height } = page.viewportSize();
    await page.setViewportSize({ width, height: 3000 });
    await assert.rejects(pictureOf(page), /The dashboard has \d+ pixels, and the picture would end at 3000/);
    await page.setViewportSize({ width, height });
  });

  test("Pictures of two sizes differ in their size", async () => {
    const png = await page.screenshot({ clip: { x: 0, y: 0, width: 100, height: 50 } });
    const other = await page.screenshot({ clip: { x: 0, y: 0, width: 100, height: 60 } });
    assert.deepEqual(await differences(blankPage, png, other, []), { size: "100x60, not 100x50" });
  });
});
