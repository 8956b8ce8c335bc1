/**
 * Serves the preview on loopback only: the built page, the dashboards of an `out/` folder (read at every request, and
 * watched), and a read-only proxy to Prometheus.
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

const LOOPBACK = "127.0.0.1";
const BUILT = fileURLToPath(new URL("./built", import.meta.url));
const POLL_MS = 300;
const READ_ONLY_PATH = /^\/api\/v1\/(query|query_range|series|labels|label\/[\w.%-]+\/values)$/;
const CONTENT_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".json": "application/json; charset=utf-8",
};
const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** A problem that the user can fix; its message is printed without a stack trace. */
export class PreviewError extends Error {}

/**
 * Start the server. Resolves to `{ url, close() }`; rejects with a PreviewError for a missing build, folder or port.
 * `problems` is the path of a file with the error messages of the last build; an open page shows them.
 * @param {{ out: string, prometheus: string, port?: number, problems?: string }} options
 */
export async function serve({ out, prometheus, port = 0, problems = "" }) {
  const folder = resolve(out, "grafana", "dashboards");
  await requirePath(join(BUILT, "index.html"), "the page is not built; run `make preview-app`");
  await requirePath(folder, "no dashboards; run `make build`, or pass --out FOLDER");
  const upstream = parseUpstream(prometheus);
  const watcher = createWatcher(folder, problems);
  const server = createServer((request, response) => {
    handle(request, response, { folder, problems, upstream, watcher }).catch((error) => sendError(response, error));
  });
  const boundPort = await listen(server, port);
  watcher.start();
  return { url: `http://${LOOPBACK}:${boundPort}`, close: () => close(server, watcher) };
}

async function requirePath(path, message) {
  await access(path).catch(() => {
    throw new PreviewError(`${path}: ${message}`);
  });
}

/** Return the URL's origin and path, and the headers to send; a user and password become basic authentication. */
function parseUpstream(prometheus) {
  const url = URL.canParse(prometheus) ? new URL(prometheus) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new PreviewError(`--prometheus ${prometheus}: not the URL of a Prometheus; use http://HOST:PORT`);
  }
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers = credentials === ":" ? {} : { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
  return { origin: url.origin, path: url.pathname.replace(/\/$/, ""), headers };
}

function listen(server, port) {
  return new Promise((done, reject) => {
    server.once("error", (error) => {
      const inUse = error.code === "EADDRINUSE";
      const message = inUse ? "already in use; use another port, or 0 for any free port" : error.message;
      reject(new PreviewError(`--port ${port}: ${message}`));
    });
    server.listen(port, LOOPBACK, () => done(server.address().port));
  });
}

function close(server, watcher) {
  watcher.stop();
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
}

async function handle(request, response, { folder, problems, upstream, watcher }) {
  const { pathname, search } = new URL(request.url, "http://preview");
  // Against DNS rebinding: the page of another site can resolve its own name to this machine.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
    return sendText(response, 403, "Forbidden: use http://127.0.0.1 or http://localhost.");
  }
  if (request.method !== "GET") return sendText(response, 405, "Method not allowed: use GET.");
  if (pathname === "/changes") return watcher.subscribe(request, response);
  if (pathname === "/problems") return sendText(response, 200, await readProblems(problems));
  if (pathname === "/dashboards/") return sendJson(response, 200, await dashboardFiles(folder));
  if (pathname.startsWith("/dashboards/")) return sendFile(response, folder, pathname.slice("/dashboards/".length));
  if (pathname.startsWith("/api/prometheus/")) {
    return proxy(request, response, upstream, pathname.slice("/api/prometheus".length), search);
  }
  const page = pathname === "/" || pathname.startsWith("/d/") ? "index.html" : pathname.slice(1);
  return sendFile(response, BUILT, page);
}

async function dashboardFiles(folder) {
  return (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
}

async function sendFile(response, root, name) {
  const path = normalize(join(root, decodeURIComponent(name)));
  const stats = path.startsWith(root) ? await stat(path).catch(() => undefined) : undefined;
  if (!stats?.isFile()) return sendText(response, 404, "Not found.");
  response.writeHead(200, { ...SECURITY_HEADERS, "content-type": CONTENT_TYPES[extname(path)] ?? "application/octet-stream" });
  createReadStream(path).pipe(response);
}

/** Forward a request to Prometheus. If it does not respond, send 502 with a body in the form of Prometheus' own errors. */
async function proxy(request, response, upstream, path, search) {
  if (!READ_ONLY_PATH.test(path)) return sendText(response, 403, "Forbidden: the preview only reads from Prometheus.");
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  const url = `${upstream.origin}${upstream.path}${path}${search}`;
  try {
    const upstreamResponse = await fetch(url, { headers: upstream.headers, signal: controller.signal });
    response.writeHead(upstreamResponse.status, { ...SECURITY_HEADERS, "content-type": CONTENT_TYPES[".json"] });
    Readable.fromWeb(upstreamResponse.body).on("error", () => response.destroy()).pipe(response);
  } catch (error) {
    if (controller.signal.aborted) return;
    const reason = error.cause?.code ?? error.cause?.message ?? error.message;
    sendJson(response, 502, { status: "error", errorType: "unreachable", error: `${upstream.origin}: no response (${reason})` });
  }
}

function sendJson(response, status, value) {
  response.writeHead(status, { ...SECURITY_HEADERS, "content-type": CONTENT_TYPES[".json"], "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

function sendText(response, status, body) {
  response.writeHead(status, { ...SECURITY_HEADERS, "content-type": "text/plain; charset=utf-8" });
  response.end(`${body}\n`);
}

function sendError(response, error) {
  if (response.headersSent) response.destroy();
  else sendText(response, 500, error instanceof Error ? error.message : String(error));
}

/**
 * Notifies every open page when a dashboard or the problems change. It compares contents instead of file events: a
 * build replaces the whole folder, and a file watcher would keep watching the old one.
 */
function createWatcher(folder, problems) {
  const pages = new Set();
  let previous;
  let timer;
  const poll = async () => {
    const current = await readAll(folder, problems).catch(() => previous);
    if (previous !== undefined && current !== previous) for (const page of pages) page.write("data: changed\n\n");
    previous = current;
  };
  return {
    start: () => {
      void poll();
      timer = setInterval(poll, POLL_MS);
    },
    stop: () => clearInterval(timer),
    subscribe: (request, response) => {
      response.writeHead(200, { ...SECURITY_HEADERS, "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write(":\n\n");
      pages.add(response);
      request.once("close", () => pages.delete(response));
    },
  };
}

async function readAll(folder, problems) {
  const names = await dashboardFiles(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return [...texts, await readProblems(problems)].join("\n");
}

/** Return the contents of the problems file; empty if there is no such file. */
function readProblems(problems) {
  return problems === "" ? "" : readFile(problems, "utf8").catch(() => "");
}

async function main() {
  const { values } = parseArgs({
    options: {
      out: { type: "string", default: "out" },
      prometheus: { type: "string", default: process.env.PROMETHEUS_URL ?? "http://127.0.0.1:9090" },
      port: { type: "string", default: "0" },
      problems: { type: "string", default: "" },
    },
  });
  const server = await serve({ ...values, port: Number(values.port) });
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close().then(() => process.exit(0)));
  console.log(server.url);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  main().catch((error) => {
    console.error(`preview: ${error.message}`);
    process.exit(2);
  });
}
