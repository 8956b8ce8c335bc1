/** What every program that draws dashboards begins with: its arguments, a server of the page, and a browser. */
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { browse } from "./browser.mjs";
import { serve } from "./server.mjs";

const ASKED = {
  out: { type: "string", default: "out" },
  prometheus: { type: "string", default: process.env.PROMETHEUS_URL ?? "http://127.0.0.1:9090" },
  from: { type: "string", default: "now-6h" },
  to: { type: "string", default: "now" },
};

/** Does the work with a browser, the page's address and the program's arguments, and ends what it started. */
export async function drawing(work, options = {}) {
  const { values } = parseArgs({ options: { ...ASKED, ...options } });
  const server = await serve(values);
  const browser = await browse().catch((error) => server.close().then(() => Promise.reject(error)));
  try {
    await work(browser, server.url, values);
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
}

/** The dashboards of a build, in the order of their names: each file's name, uid and title. */
export async function dashboardsIn(out) {
  const folder = resolve(out, "grafana", "dashboards");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
  const read = async (file) => {
    const { uid, title } = JSON.parse(await readFile(resolve(folder, file), "utf8"));
    return { name: file.replace(/\.json$/, ""), uid, title };
  };
  return Promise.all(files.map(read));
}
