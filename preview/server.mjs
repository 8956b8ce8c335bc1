/**
 * Serves the preview on loopback alone: the built page, the dashboards of an `out/` folder (read anew at every
 * request, and watched), and a way through to a Prometheus, whose reading paths alone are open.
 *
 *     node preview/server.mjs --out out --prometheus http://127.0.0.1:9090 --port 0
 */
import { createReadStream } from "node:fs";
import { access, readdir, readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, resolve } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

export const LOOPBACK = "127.0.0.1";
const BUILT = fileURLToPath(new URL("./built", import.meta.url));
const LOOK_EVERY_MS = 300;
const READING_PATH = /^\/api\/v1\/(query|query_range|series|labels|label\/[\w.%-]+\/values)$/;
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".json": "application/json; charset=utf-8",
};
const GUARD = {
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Something that the person who started the preview can mend: said in one line, without a trace. */
export class Fault extends Error {}

/**
 * Start serving. Resolves to `{ url, close() }`; rejects with a Fault for a missing build, folder or port.
 * `faults` is a file that holds what the last build complained of; a page that is open shows it.
 * @param {{ out: string, prometheus: string, port?: number, faults?: string }} wanted
 */
export async function serve({ out, prometheus, port = 0, faults = "" }) {
  const folder = resolve(out, "grafana", "dashboards");
  await there(join(BUILT, "index.html"), "the page is not built; run `make preview-app`");
  await there(folder, "there are no dashboards; run `make build`, or give --out FOLDER");
  const upstream = upstreamOf(prometheus);
  const watch = watching(folder, faults);
  const server = createServer((request, response) => {
    answer(request, response, { folder, faults, upstream, watch }).catch((error) => failed(response, error));
  });
  const bound = await listening(server, port);
  watch.start();
  return { url: `http://${LOOPBACK}:${bound}`, close: () => closing(server, watch) };
}

async function there(path, cure) {
  await access(path).catch(() => {
    throw new Fault(`${path}: ${cure}`);
  });
}

/** Where to ask, and the header that says who asks (a user and a password in the URL become basic authentication). */
function upstreamOf(prometheus) {
  const url = URL.canParse(prometheus) ? new URL(prometheus) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new Fault(`--prometheus ${prometheus}: not a URL of a Prometheus; give http://HOST:PORT`);
  }
  const named = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = named === ":" ? {} : { authorization: `Basic ${Buffer.from(named).toString("base64")}` };
  return { origin: url.origin, path: url.pathname.replace(/\/$/, ""), headers };
}

function listening(server, port) {
  return new Promise((done, reject) => {
    server.once("error", (error) => {
      const taken = `--port ${port}: already in use; give another, or 0 for any that is free`;
      reject(new Fault(error.code === "EADDRINUSE" ? taken : `--port ${port}: ${error.message}`));
    });
    server.listen(port, LOOPBACK, () => done(server.address().port));
  });
}

function closing(server, watch) {
  watch.stop();
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
}

async function answer(request, response, { folder, faults, upstream, watch }) {
  const { pathname, search } = new URL(request.url, "http://preview");
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
    return text(response, 403, "This page is for this machine alone.");
  }
  if (request.method !== "GET") return text(response, 405, "GET alone.");
  if (pathname === "/changes") return watch.listen(request, response);
  if (pathname === "/faults") return text(response, 200, await said(faults));
  if (pathname === "/dashboards/") return json(response, 200, await namesIn(folder));
  if (pathname.startsWith("/dashboards/")) return file(response, folder, pathname.slice("/dashboards/".length));
  if (pathname.startsWith("/api/prometheus/")) {
    return passOn(request, response, upstream, pathname.slice("/api/prometheus".length), search);
  }
  const page = pathname === "/" || pathname.startsWith("/d/") ? "index.html" : pathname.slice(1);
  return file(response, BUILT, page);
}

async function namesIn(folder) {
  return (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
}

async function file(response, root, name) {
  const path = normalize(join(root, decodeURIComponent(name)));
  const found = path.startsWith(root) ? await stat(path).catch(() => undefined) : undefined;
  if (!found?.isFile()) return text(response, 404, "There is no such page.");
  response.writeHead(200, { ...GUARD, "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
  createReadStream(path).pipe(response);
}

/** Ask Prometheus for the page. One that does not answer is said in the form of Prometheus' own errors, with 502. */
async function passOn(request, response, upstream, path, search) {
  if (!READING_PATH.test(path)) return text(response, 403, "The preview only reads.");
  const away = new AbortController();
  response.once("close", () => away.abort());
  const url = `${upstream.origin}${upstream.path}${path}${search}`;
  try {
    const answered = await fetch(url, { headers: upstream.headers, signal: away.signal });
    response.writeHead(answered.status, { ...GUARD, "content-type": TYPES[".json"] });
    Readable.fromWeb(answered.body).on("error", () => response.destroy()).pipe(response);
  } catch (error) {
    if (away.signal.aborted) return;
    const why = error.cause?.code ?? error.cause?.message ?? error.message;
    json(response, 502, { status: "error", errorType: "unreachable", error: `${upstream.origin} does not answer (${why})` });
  }
}

function json(response, status, value) {
  response.writeHead(status, { ...GUARD, "content-type": TYPES[".json"], "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

function text(response, status, words) {
  response.writeHead(status, { ...GUARD, "content-type": "text/plain; charset=utf-8" });
  response.end(`${words}\n`);
}

function failed(response, error) {
  if (response.headersSent) response.destroy();
  else text(response, 500, error instanceof Error ? error.message : String(error));
}

/**
 * Tells every open page when the dashboards differ from before. It looks at the texts, not at the folder's events:
 * a build exchanges the whole folder, so that a watcher would go on watching the one that is gone.
 */
function watching(folder, faults) {
  const pages = new Set();
  let before;
  let timer;
  const look = async () => {
    const now = await textsIn(folder, faults).catch(() => before);
    if (before !== undefined && now !== before) for (const page of pages) page.write("data: changed\n\n");
    before = now;
  };
  return {
    start: () => {
      void look();
      timer = setInterval(look, LOOK_EVERY_MS);
    },
    stop: () => clearInterval(timer),
    listen: (request, response) => {
      response.writeHead(200, { ...GUARD, "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write(":\n\n");
      pages.add(response);
      request.once("close", () => pages.delete(response));
    },
  };
}

async function textsIn(folder, faults) {
  const names = await namesIn(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return [...texts, await said(faults)].join("\n");
}

/** What a file of faults says; nothing where there is none. */
function said(faults) {
  return faults === "" ? "" : readFile(faults, "utf8").catch(() => "");
}

async function main() {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: "out" },
      prometheus: { type: "string", default: process.env.PROMETHEUS_URL ?? "http://127.0.0.1:9090" },
      port: { type: "string", default: "0" },
      faults: { type: "string", default: "" },
    },
  });
  const { url, close } = await serve({ ...values, port: Number(values.port) });
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => close().then(() => process.exit(0)));
  console.log(url);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  main().catch((error) => {
    console.error(`preview: ${error.message}`);
    process.exit(2);
  });
}
