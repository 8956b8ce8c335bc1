/** What the browser tests stand on: a fake Prometheus, the server before it, and a Chromium that notes what goes wrong. */
import { fileURLToPath } from "node:url";
import { browse } from "../browser.mjs";
import { serve } from "../server.mjs";
import { settled } from "../settled.mjs";
import { fakePrometheus } from "./fake-prometheus.mjs";

export const OUT = fileURLToPath(new URL("../../out", import.meta.url));
/** 2026-11-24 09:19:50 UTC, in the middle of an incident of the fake's. */
export const NOW = 1795511990000;
const HOUR = 3_600_000;

/** A span that ends now, as the address has it. */
export const lastHours = (hours) => ({ from: String(NOW - hours * HOUR), to: String(NOW) });

let browser;

/** Chromium, started once for a file of tests. */
export async function chromium() {
  browser ??= await browse();
  return browser;
}

export async function closeChromium() {
  await browser?.close();
  browser = undefined;
}

/** A preview over a Prometheus of the given URL, or over a fake one with the given manners. */
export async function preview({ prometheus, out = OUT, ...manners } = {}) {
  const fake = prometheus ? undefined : await fakePrometheus(manners);
  const server = await serve({ out, prometheus: prometheus ?? fake.url });
  const close = async () => {
    await server.close();
    await fake?.close();
  };
  return { url: server.url, asked: fake?.asked ?? [], close };
}

/** A page at an address, drawn; `trouble` holds each console error, uncaught exception and request that left loopback. */
export async function open(url, path, parameters = lastHours(6)) {
  const context = await (await chromium()).newContext({ viewport: { width: 1600, height: 1000 }, timezoneId: "UTC" });
  const page = await context.newPage();
  const trouble = [];
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("request", (request) => leaves(request.url(), url) && trouble.push(`left loopback: ${request.url()}`));
  await page.goto(`${url}${path}?${new URLSearchParams({ refresh: "", ...parameters })}`);
  await settled(page);
  return { page, trouble };
}

function leaves(asked, url) {
  const { protocol, origin } = new URL(asked);
  return protocol !== "data:" && protocol !== "blob:" && origin !== new URL(url).origin;
}
