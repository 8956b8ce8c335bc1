/** Replaces the code editor and the maps, which Grafana's components import and this page never shows. */
export default class ModuleStub {}
export const loader = { config: (): void => undefined };
