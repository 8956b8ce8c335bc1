/** What Grafana's packages look for when they are loaded; so the page itself is loaded after it. */
declare global {
  var __grafana_public_path__: string | undefined;
  var __zod_globalConfig: { jitless: boolean } | undefined;
}

globalThis.__grafana_public_path__ = "/public/";
// It would try whether `eval` works, and the page forbids that.
globalThis.__zod_globalConfig = { jitless: true };

void import("./start");

export {};
