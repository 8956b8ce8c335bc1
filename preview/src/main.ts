/** Sets the globals that Grafana's packages read when they are imported, and only then imports the page. */
declare global {
  var __grafana_public_path__: string | undefined;
  var __zod_globalConfig: { jitless: boolean } | undefined;
}

globalThis.__grafana_public_path__ = "/public/";
// Otherwise zod tries `eval`, which the page's content security policy forbids.
globalThis.__zod_globalConfig = { jitless: true };

void import("./start");

export {};
