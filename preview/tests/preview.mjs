/** What the browser tests stand on: a Prometheus, the server before it, and a Chromium that notes what goes wrong. */
import { fileURLToPath } from "node:url";
import { browse } from "../browser.mjs";
import { serve } from "../server.mjs";
import { settled } from "../settled.mjs";
import { fakePrometheus } from "./fake-prometheus.mjs";

const { PREVIEW_OUT, PREVIEW_PROMETHEUS, PREVIEW_FROM, PREVIEW_TO } = process.env;

export const OUT = PREVIEW_OUT ?? fileURLToPath(new URL("../../out", import.meta.url));
/** A real Prometheus with a simulated day, and what to show of it in milliseconds; undefined where none is named. */
export const DAY = PREVIEW_PROMETHEUS && { prometheus: PREVIEW_PROMETHEUS, span: { from: PREVIEW_FROM, to: PREVIEW_TO } };
/** 2026-11-24 09:19:50 UTC, in the middle of an incident of the fake's. */
export const NOW = 1795511990000;
const HOUR = 3_600_000;
/** How long a test waits for what should be there. */
export const PATIENCE_MS = 120_000;

/** A span that ends now, as the address has it. */
export const lastHours = (hours) => ({ from: String(NOW - hours * HOUR), to: String(NOW) });

let browser;
let context;

/** One window of a Chromium that is started once for a file of tests. */
async function window() {
  browser ??= await browse();
  context ??= await browser.newContext({ viewport: { width: 1600, height: 1000 }, timezoneId: "UTC", locale: "en-GB" });
  return context;
}

export async function closeChromium() {
  await browser?.close();
  browser = context = undefined;
}

/** A preview over a Prometheus of the given URL, or over a fake one with the given manners. */
export async function preview({ prometheus, out = OUT, faults, ...manners } = {}) {
  const fake = prometheus ? undefined : await fakePrometheus(manners);
  const server = await serve({ out, prometheus: prometheus ?? fake.url, faults });
  const close = async () => {
    for (const page of context?.pages() ?? []) await page.close();
    await server.close();
    await fake?.close();
  };
  return { url: server.url, close };
}

/**
 * A page at an address, drawn. `asked` holds each query so far; `trouble` each console error, uncaught exception,
 * dialogue and request that left loopback.
 */
export async function open(url, path, parameters = lastHours(6)) {
  const page = await (await window()).newPage();
  // On a machine with more to do, a page takes long: a test waits, and is not the slower where all is well.
  page.setDefaultTimeout(PATIENCE_MS);
  const [asked, trouble] = [[], []];
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("response", (answer) => answer.status() === 404 && trouble.push(`there is no ${answer.url()}`));
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("dialog", (dialog) => trouble.push(dialog.message()));
  page.on("request", (request) => {
    const query = new URL(request.url()).searchParams.get("query");
    if (query) asked.push(query);
    if (leaves(request.url(), url)) trouble.push(`left loopback: ${request.url()}`);
  });
  await page.goto(`${url}${path}?${new URLSearchParams({ refresh: "", ...parameters })}`);
  await settled(page);
  return { page, asked, trouble };
}

/** The panel of a title. */
export const panel = (page, title) => page.locator(`[data-title="${title}"]`);

function leaves(asked, url) {
  const { protocol, origin } = new URL(asked);
  return protocol !== "data:" && protocol !== "blob:" && origin !== new URL(url).origin;
}
