/** Finds the texts of a rendered dashboard that a reader does not see whole. */

/** The windows that the dashboards are made for: a monitor, a laptop and a phone; in pixels. */
export const WINDOW_WIDTHS = [1600, 1280, 390];
const PHONE_WIDTH = 390;

/**
 * Return `{ panel, kind, text, hidden }` of each text that an element around it cuts off: titles, legends, values, names,
 * columns and cells. `hidden` says how much, in pixels. What is reached by scrolling is cut too, except columns on a phone;
 * of a column that lies beside the table only the title is listed.
 */
export function findCutTexts(page) {
  return page.evaluate((phoneWidth) => {
    const KINDS = [
      ["title", "[data-testid*='header-container']"],
      ["legend", "[data-testid*='VizLegend'], [class*='LegendRow'], [class*='viz-legend']"],
      ["column", "[role='columnheader']"],
      ["cell", "[role='gridcell']"],
      ["bar", "[data-testid*='Bar gauge']"],
    ];
    // Part of a glyph's box is empty: a line may be this much lower than its text.
    const [TOLERANCE, LINE_TOLERANCE] = [0.5, 0.25];

    const kindOf = (element) => KINDS.find(([, selector]) => element.closest(selector))?.[0] ?? "value";
    const clips = (overflow) => overflow !== "visible";
    const isWideTable = (element) => element.getAttribute("role") === "grid" && element.scrollWidth > element.clientWidth;

    const hiddenPart = (element, text, panel) => {
      let [x, y, beside] = [0, 0, false];
      for (let around = element; around !== panel.parentElement; around = around.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(around);
        const box = around.getBoundingClientRect();
        if (clips(overflowX) && box.width <= 1) return undefined; // It is for screen readers alone.
        beside ||= isWideTable(around) && (window.innerWidth <= phoneWidth || !element.closest("[role='columnheader']"));
        if (clips(overflowX) && !beside) x = Math.max(x, text.right - box.right, box.left - text.left);
        if (clips(overflowY)) y = Math.max(y, text.bottom - box.bottom, box.top - text.top);
      }
      if (x > TOLERANCE) return `${Math.ceil(x)} px at the side`;
      return y > LINE_TOLERANCE * text.height ? `${Math.ceil(y)} px below` : undefined;
    };

    const textNodes = (panel) => {
      const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
      const nodes = [];
      while (walker.nextNode()) if (walker.currentNode.data.trim()) nodes.push(walker.currentNode);
      // Texts for screen readers alone have a box of one pixel.
      return nodes.filter(({ parentElement }) => parentElement.closest(".sr-only") === null);
    };

    return [...document.querySelectorAll("[data-panel]")].flatMap((panel) =>
      textNodes(panel).flatMap((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        const text = range.getBoundingClientRect();
        const element = node.parentElement;
        const hidden = text.width > 0 && element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && hiddenPart(element, text, panel);
        return hidden ? [{ panel: panel.dataset.title, kind: kindOf(element), text: node.data.trim(), hidden }] : [];
      }),
    );
  }, PHONE_WIDTH);
}
