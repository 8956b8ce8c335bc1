/** When a page of the preview has drawn all that it will draw. */

const LONGEST_MS = 120_000;

/** Resolve when every panel has drawn, is empty or has failed, and the fonts are there. Rejects after two minutes. */
export async function settled(page) {
  await page.waitForFunction(
    () => {
      const board = document.querySelector("main[data-panels]");
      const states = [...document.querySelectorAll("[data-panel]")].map((panel) => panel.getAttribute("data-state"));
      return board !== null && states.length === Number(board.dataset.panels) && !states.includes("loading");
    },
    undefined,
    { timeout: LONGEST_MS },
  );
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 300))));
}

/** The panels and what became of each: `[{ title, state, text }]`. */
export function panelsOf(page) {
  return page.$$eval("[data-panel]", (panels) =>
    panels.map((panel) => ({
      title: panel.getAttribute("data-title"),
      state: panel.getAttribute("data-state"),
      text: panel.textContent,
    })),
  );
}
