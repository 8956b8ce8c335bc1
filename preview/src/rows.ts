/** A dashboard's rows, which fold: what is shown, and at which height. */
import type { Panel } from "./dashboard";

/** A row's head and the panels under it; without a head where panels stand above the first row. */
interface Section {
  readonly head: Panel | undefined;
  readonly panels: readonly Panel[];
}

/** A panel and the grid's line that it begins at. */
export interface Laid {
  readonly panel: Panel;
  readonly y: number;
  /** How many panels a row's head has under it; 0 for any other panel. */
  readonly under: number;
}

/** The ids of the rows that the dashboard itself says are folded. */
export function foldedAtFirst(panels: readonly Panel[]): ReadonlySet<number> {
  return new Set(panels.filter(({ collapsed }) => collapsed).map(({ id }) => id));
}

/** What is shown while the rows of these ids are folded: the rest moves up, as in Grafana. */
export function laidOut(panels: readonly Panel[], folded: ReadonlySet<number>): readonly Laid[] {
  const laid: Laid[] = [];
  let bottom = 0;
  for (const { head, panels: under } of sectionsOf(panels)) {
    if (head) laid.push({ panel: head, y: bottom++, under: under.length });
    if (head && folded.has(head.id)) continue;
    const [top, shift] = [Math.min(...under.map(({ gridPos }) => gridPos.y)), bottom];
    for (const panel of under) {
      const y = panel.gridPos.y - top + shift;
      laid.push({ panel, y, under: 0 });
      bottom = Math.max(bottom, y + panel.gridPos.h);
    }
  }
  return laid;
}

/** A folded row carries its panels within it, an open one is followed by them. */
function sectionsOf(panels: readonly Panel[]): readonly Section[] {
  const sections: { head: Panel | undefined; panels: Panel[] }[] = [{ head: undefined, panels: [] }];
  for (const panel of panels) {
    if (panel.type === "row") sections.push({ head: panel, panels: [...(panel.panels ?? [])] });
    else sections.at(-1)?.panels.push(panel);
  }
  return sections;
}
