/** Stands for the editor and the maps that Grafana's components carry along and that are never shown here. */
export default class Absent {}
export const loader = { config: (): void => undefined };
