import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { settled } from "../settled.mjs";
import { closeChromium, open, OUT, preview } from "./preview.mjs";

const SERVER = fileURLToPath(new URL("../server.mjs", import.meta.url));

let shown;
afterEach(async () => {
  await shown?.close();
  shown = undefined;
});
after(closeChromium);

/** The status of an answer; a path is sent as it is, without being tidied first. */
function statusOf(url, path, options = {}) {
  const { port } = new URL(url);
  return new Promise((done, reject) => {
    get({ host: "127.0.0.1", port, path, ...options }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    }).on("error", reject);
  });
}

/** How the server ends when it is started with these arguments: its exit code and what it says to the terminal. */
function ended(...words) {
  return new Promise((done) => {
    execFile(process.execPath, [SERVER, ...words], (error, _, said) => done({ code: error?.code, said }));
  });
}

test("A dashboard that is built anew is drawn anew, though the whole folder was exchanged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  const [out, fresh] = [join(folder, "out"), join(folder, "fresh")];
  cpSync(OUT, out, { recursive: true });
  shown = await preview({ out });
  const { page } = await open(shown.url, "/d/workers-ai-overview");
  cpSync(out, fresh, { recursive: true });
  const file = join(fresh, "grafana", "dashboards", "overview.json");
  const dashboard = JSON.parse(readFileSync(file, "utf8"));
  dashboard.panels.find(({ title }) => title === "Pages").title = "Pagers that ring";
  writeFileSync(file, JSON.stringify(dashboard));
  rmSync(out, { recursive: true });
  renameSync(fresh, out);
  await page.locator('[data-title="Pagers that ring"]').waitFor();
  await settled(page);
  rmSync(folder, { recursive: true });
});

test("Another site's page that points its name at this machine is refused", async () => {
  shown = await preview();
  assert.equal(await statusOf(shown.url, "/", { headers: { host: "evil.example" } }), 403);
});

test("No path leads out of the folders that are served", async () => {
  shown = await preview();
  for (const path of ["/../server.mjs", "/%2e%2e/server.mjs", "/dashboards/..%2f..%2fprometheus%2fprometheus.yaml", "/../built-not/x"]) {
    assert.equal(await statusOf(shown.url, path), 404, path);
  }
});

test("Prometheus is only read", async () => {
  shown = await preview();
  assert.equal(await statusOf(shown.url, "/api/prometheus/api/v1/admin/tsdb/delete_series"), 403);
  assert.equal(await statusOf(shown.url, "/api/prometheus/api/v1/query?query=up", { method: "POST" }), 405);
});

test("A user and a password in Prometheus' URL are sent as basic authentication", async () => {
  let seen;
  const guarded = createServer((request, response) => {
    seen = request.headers.authorization;
    response.end('{"status":"success","data":[]}');
  });
  await new Promise((done) => guarded.listen(0, "127.0.0.1", done));
  shown = await preview({ prometheus: `http://ann:s%20t@127.0.0.1:${guarded.address().port}` });
  assert.equal(await statusOf(shown.url, "/api/prometheus/api/v1/labels"), 200);
  guarded.close();
  // base64 of "ann:s t"
  assert.equal(seen, "Basic YW5uOnMgdA==");
});

test("A port in use is one line that says so", async () => {
  shown = await preview();
  const { port } = new URL(shown.url);
  const { code, said } = await ended("--out", OUT, "--port", port);
  assert.equal(code, 2);
  assert.equal(said, `preview: --port ${port}: already in use; give another, or 0 for any that is free\n`);
});

test("A folder without dashboards is one line that says what to do", async () => {
  const { code, said } = await ended("--out", "nowhere");
  assert.equal(code, 2);
  assert.match(said, /^preview: .*nowhere.grafana.dashboards: there are no dashboards; run `make build`, or give --out FOLDER\n$/);
});

test("What is no URL of a Prometheus is refused before anything is served", async () => {
  const { code, said } = await ended("--out", OUT, "--prometheus", "localhost");
  assert.equal(code, 2);
  assert.equal(said, "preview: --prometheus localhost: not a URL of a Prometheus; give http://HOST:PORT\n");
});
