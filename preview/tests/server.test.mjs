/** The server: what it lets through, what it refuses, and what it tells the page. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { settled } from "../settled.mjs";
import { closeChromium, open, OUT, panel, preview } from "./preview.mjs";

const [SERVER, PICTURES] = ["server", "pictures"].map((name) => fileURLToPath(new URL(`../${name}.mjs`, import.meta.url)));

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

/** How a program ends when it is started with these arguments: its exit code and what it says to the terminal. */
function ended(program, words, environment = {}) {
  return new Promise((done) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, [program, ...words], { env }, (error, _, said) => done({ code: error?.code, said }));
  });
}

/** A copy of the dashboards that a test may spoil, and where to change them. */
function copied() {
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  const out = join(folder, "out");
  cpSync(join(OUT, "grafana"), join(out, "grafana"), { recursive: true });
  return { folder, out, overview: join(out, "grafana", "dashboards", "overview.json") };
}

test("A panel that is built anew is drawn anew, it alone, though the whole folder was exchanged", async () => {
  const { folder, out, overview } = copied();
  shown = await preview({ out });
  const { page, asked } = await open(shown.url, "/d/workers-ai-overview");
  renameSync(out, join(folder, "old"));
  cpSync(join(folder, "old"), join(folder, "fresh"), { recursive: true });
  const file = overview.replace(out, join(folder, "fresh"));
  writeFileSync(file, readFileSync(file, "utf8").replace('"title": "Pages"', '"title": "Pagers that ring"'));
  asked.length = 0;
  renameSync(join(folder, "fresh"), out);
  await panel(page, "Pagers that ring").waitFor();
  await settled(page);
  assert.deepEqual(asked.map((query) => query.slice(0, 13)), ["count(ALERTS{"]);
  rmSync(folder, { recursive: true });
});

test("While a dashboard cannot be built or read, the last good ones stay, with the fault above them", async () => {
  const { folder, out, overview } = copied();
  const faults = join(folder, "faults.txt");
  shown = await preview({ out, faults });
  const { page, trouble } = await open(shown.url, "/d/workers-ai-overview");
  const good = readFileSync(overview, "utf8");
  for (const [bad, words] of [
    ["{", /overview\.json: it is no JSON \(.+\); build it anew/],
    ['{"uid": "x"}', /overview\.json: it is no dashboard of this project; build it anew/],
  ]) {
    writeFileSync(overview, bad);
    await page.getByText("The dashboards cannot be read: these are the last good ones").waitFor();
    await page.getByText(words).waitFor();
    assert.equal(await panel(page, "Pages").getAttribute("data-state"), "drawn");
  }
  writeFileSync(faults, "dashboards/overview.py:4: there is no <b>\n1 fault.\n");
  await page.getByText("The dashboards cannot be built: these are the last good ones").waitFor();
  await page.getByText("dashboards/overview.py:4: there is no <b>").waitFor();
  writeFileSync(overview, good);
  writeFileSync(faults, "");
  await page.getByText("these are the last good ones").first().waitFor({ state: "detached" });
  assert.deepEqual(trouble, []);
  rmSync(folder, { recursive: true });
});

test("A Chromium that does not start is one line that says how to name another", async () => {
  const wanted = ["--out", OUT, "--prometheus", "http://127.0.0.1:9", "--into", "nowhere"];
  const { code, said } = await ended(PICTURES, wanted, { CHROMIUM: "/no/chromium" });
  assert.equal(code, 2);
  assert.match(said, /^pictures: \/no\/chromium \(\$CHROMIUM\) does not start: .+; name another with CHROMIUM=PATH\n$/);
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
  const { code, said } = await ended(SERVER, ["--out", OUT, "--port", port]);
  assert.equal(code, 2);
  assert.equal(said, `preview: --port ${port}: already in use; give another, or 0 for any that is free\n`);
});

test("A folder without dashboards is one line that says what to do", async () => {
  const { code, said } = await ended(SERVER, ["--out", "nowhere"]);
  assert.equal(code, 2);
  assert.match(said, /^preview: .*nowhere.grafana.dashboards: there are no dashboards; run `make build`, or give --out FOLDER\n$/);
});

test("What is no URL of a Prometheus is refused before anything is served", async () => {
  const { code, said } = await ended(SERVER, ["--out", OUT, "--prometheus", "localhost"]);
  assert.equal(code, 2);
  assert.equal(said, "preview: --prometheus localhost: not a URL of a Prometheus; give http://HOST:PORT\n");
});
