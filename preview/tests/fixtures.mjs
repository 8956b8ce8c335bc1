/** The fixtures of the browser tests: a Prometheus, the preview's server, and a Chromium that records page errors. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../browser.mjs";
import { waitUntilRendered } from "../rendering.mjs";
import { serve } from "../server.mjs";
import { fakePrometheus } from "./fake-prometheus.mjs";

const { PREVIEW_OUT, PREVIEW_PROMETHEUS, PREVIEW_FROM, PREVIEW_TO } = process.env;

export const OUT = PREVIEW_OUT ?? fileURLToPath(new URL("../../out", import.meta.url));
/** A real Prometheus with a simulated day and the time range to show, in milliseconds; undefined without one. */
export const DAY = PREVIEW_PROMETHEUS && { prometheus: PREVIEW_PROMETHEUS, timeRange: { from: PREVIEW_FROM, to: PREVIEW_TO } };
export const OVERVIEW_PATH = "/d/workers-ai-overview";
export const TENANT_PATH = "/d/workers-ai-tenant";
/** The titles of the panels and rows of the Overview dashboard that the tests use. */
export const TITLES = {
  pages: "Pages firing",
  errors: "Error rate by route",
  requests: "Requests by route",
  tenants: "Tenants by failing requests",
  activeTenants: "Active tenants",
  activeTenantsOverTime: "Active tenants over time",
  firing: "Firing alerts",
  tenantRow: "Affected tenants",
  firingRow: "Telemetry and alerts of the whole platform",
  nextRow: "Tickets of tenants, all services and routes",
};
/** 2026-11-24 09:19:50 UTC, during an incident of the fake Prometheus. */
export const NOW = 1795511990000;
export const HOUR_MS = 3_600_000;
export const TIMEOUT_MS = 120_000;

/** Return the URL parameters of a time range that ends now. */
export const lastHours = (hours) => ({ from: String(NOW - hours * HOUR_MS), to: String(NOW) });

/** Return a panel's JSON in the Overview dashboard of the output folder. */
export function overviewPanel(title) {
  const { panels } = JSON.parse(readFileSync(join(OUT, "grafana", "dashboards", "overview.json"), "utf8"));
  return panels.find((panel) => panel.title === title);
}

/** Return the queries of a panel of the Overview that has no variables. */
export const overviewQueries = (title) => overviewPanel(title).targets.map(({ expr }) => expr);

let browser;
let context;

/** Return the browser context that all tests of a file share. */
async function sharedContext() {
  browser ??= await launchBrowser();
  context ??= await browser.newContext({ viewport: { width: 1600, height: 1000 }, timezoneId: "UTC", locale: "en-GB" });
  return context;
}

export async function closeBrowser() {
  await browser?.close();
  browser = context = undefined;
}

/** Start the preview with the Prometheus of a URL, else with a fake one that takes the other options. */
export async function startPreview({ prometheus, out = OUT, problems, ...fakeOptions } = {}) {
  const fake = prometheus ? undefined : await fakePrometheus(fakeOptions);
  const server = await serve({ out, prometheus: prometheus ?? fake.url, problems });
  const close = async () => {
    for (const page of context?.pages() ?? []) await page.close();
    await server.close();
    await fake?.close();
  };
  return { url: server.url, close };
}

/**
 * Open a page and wait until it is rendered. `queries` collects its PromQL queries; `errors` collects console errors,
 * uncaught exceptions, dialogs, missing files and requests that leave loopback.
 */
export async function openPage(url, path, parameters = lastHours(6)) {
  const page = await (await sharedContext()).newPage();
  // A loaded machine renders slowly; the timeout costs nothing where the page is fast.
  page.setDefaultTimeout(TIMEOUT_MS);
  const [queries, errors] = [[], []];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("response", (response) => response.status() === 404 && errors.push(`not found: ${response.url()}`));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("dialog", (dialog) => errors.push(dialog.message()));
  page.on("request", (request) => {
    const query = new URL(request.url()).searchParams.get("query");
    if (query) queries.push(query);
    if (leavesLoopback(request.url(), url)) errors.push(`left loopback: ${request.url()}`);
  });
  await page.goto(`${url}${path}?${new URLSearchParams({ refresh: "", ...parameters })}`);
  await waitUntilRendered(page);
  return { page, queries, errors };
}

/** Return the locator of the panel with a title. */
export const panel = (page, title) => page.locator(`[data-title="${title}"]`);

function leavesLoopback(requestUrl, pageUrl) {
  const { protocol, origin } = new URL(requestUrl);
  return protocol !== "data:" && protocol !== "blob:" && origin !== new URL(pageUrl).origin;
}
