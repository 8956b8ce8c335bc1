/** The server: the requests that it forwards and rejects, and the changes that it reports to the page. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { waitUntilRendered } from "../rendering.mjs";
import { closeBrowser, openPage, OUT, OVERVIEW_PATH, overviewQueries, panel, startPreview, TITLES } from "./fixtures.mjs";

const [SERVER, PICTURES] = ["server", "pictures"].map((name) => fileURLToPath(new URL(`../${name}.mjs`, import.meta.url)));

let preview;
afterEach(async () => {
  await preview?.close();
  preview = undefined;
});
after(closeBrowser);

/** Return the status of a response; the path is sent without normalization. */
function statusOf(url, path, options = {}) {
  const { port } = new URL(url);
  return new Promise((done, reject) => {
    get({ host: "127.0.0.1", port, path, ...options }, (response) => {
      response.resume();
      done(response.statusCode);
    }).on("error", reject);
  });
}

/** Run a program to its end; returns its exit code and its standard error. */
function runProgram(program, args, environment = {}) {
  return new Promise((done) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, [program, ...args], { env }, (error, _, stderr) => done({ code: error?.code, stderr }));
  });
}

/** Copy the dashboards, so that a test can change them. */
function copyDashboards() {
  const folder = mkdtempSync(join(tmpdir(), "preview-"));
  const out = join(folder, "out");
  cpSync(join(OUT, "grafana"), join(out, "grafana"), { recursive: true });
  return { folder, out, overview: join(out, "grafana", "dashboards", "overview.json") };
}

test("Only a changed panel is queried again, even if the whole folder is replaced", async () => {
  const { folder, out, overview } = copyDashboards();
  preview = await startPreview({ out });
  const { page, queries } = await openPage(preview.url, OVERVIEW_PATH);
  renameSync(out, join(folder, "old"));
  cpSync(join(folder, "old"), join(folder, "new"), { recursive: true });
  const file = overview.replace(out, join(folder, "new"));
  writeFileSync(file, readFileSync(file, "utf8").replace(`"title": "${TITLES.pages}"`, '"title": "Pagers that ring"'));
  queries.length = 0;
  renameSync(join(folder, "new"), out);
  await panel(page, "Pagers that ring").waitFor();
  await waitUntilRendered(page);
  assert.deepEqual(queries, overviewQueries(TITLES.pages));
  rmSync(folder, { recursive: true });
});

test("While a dashboard cannot be built or loaded, its last valid version is shown below the problem", async () => {
  const { folder, out, overview } = copyDashboards();
  const problems = join(folder, "problems.txt");
  preview = await startPreview({ out, problems });
  const { page, errors } = await openPage(preview.url, OVERVIEW_PATH);
  const valid = readFileSync(overview, "utf8");
  for (const [invalid, message] of [
    ["{", /overview\.json: not valid JSON \(.+\); run `make build`/],
    ['{"uid": "x"}', /overview\.json: not a dashboard of this project; run `make build`/],
  ]) {
    writeFileSync(overview, invalid);
    await page.getByText("Dashboards cannot be loaded; showing the last valid version").waitFor();
    await page.getByText(message).waitFor();
    assert.equal(await panel(page, TITLES.pages).getAttribute("data-state"), "drawn");
  }
  writeFileSync(problems, "dashboards/overview.py:4: unknown tag <b>\n1 problem.\n");
  await page.getByText("Dashboards cannot be built; showing the last valid version").waitFor();
  await page.getByText("dashboards/overview.py:4: unknown tag <b>").waitFor();
  writeFileSync(overview, valid);
  writeFileSync(problems, "");
  await page.getByText("showing the last valid version").first().waitFor({ state: "detached" });
  assert.deepEqual(errors, []);
  rmSync(folder, { recursive: true });
});

test("A Chromium that does not start is one line on standard error, with a hint", async () => {
  const args = ["--out", OUT, "--prometheus", "http://127.0.0.1:9", "--into", "nowhere"];
  const { code, stderr } = await runProgram(PICTURES, args, { CHROMIUM: "/no/chromium" });
  assert.equal(code, 2);
  assert.match(stderr, /^pictures: \/no\/chromium \(\$CHROMIUM\): does not start: .+; set CHROMIUM=PATH to another Chromium\n$/);
});

test("A request with another host name is rejected, so that DNS rebinding fails", async () => {
  preview = await startPreview();
  assert.equal(await statusOf(preview.url, "/", { headers: { host: "evil.example" } }), 403);
});

test("No path leads out of the served folders", async () => {
  preview = await startPreview();
  for (const path of ["/../server.mjs", "/%2e%2e/server.mjs", "/dashboards/..%2f..%2fprometheus%2fprometheus.yaml", "/../built-not/x"]) {
    assert.equal(await statusOf(preview.url, path), 404, path);
  }
});

test("Prometheus is read-only", async () => {
  preview = await startPreview();
  assert.equal(await statusOf(preview.url, "/api/prometheus/api/v1/admin/tsdb/delete_series"), 403);
  assert.equal(await statusOf(preview.url, "/api/prometheus/api/v1/query?query=up", { method: "POST" }), 405);
});

test("The user and the password in Prometheus' URL are sent as basic authentication", async () => {
  let authorization;
  const prometheus = createServer((request, response) => {
    authorization = request.headers.authorization;
    response.end('{"status":"success","data":[]}');
  });
  await new Promise((done) => prometheus.listen(0, "127.0.0.1", done));
  preview = await startPreview({ prometheus: `http://ann:s%20t@127.0.0.1:${prometheus.address().port}` });
  assert.equal(await statusOf(preview.url, "/api/prometheus/api/v1/labels"), 200);
  prometheus.close();
  // base64 of "ann:s t"
  assert.equal(authorization, "Basic YW5uOnMgdA==");
});

test("A port in use is one line on standard error, with a hint", async () => {
  preview = await startPreview();
  const { port } = new URL(preview.url);
  const { code, stderr } = await runProgram(SERVER, ["--out", OUT, "--port", port]);
  assert.equal(code, 2);
  assert.equal(stderr, `preview: --port ${port}: already in use; use another port, or 0 for any free port\n`);
});

test("A folder without dashboards is one line on standard error, with a hint", async () => {
  const { code, stderr } = await runProgram(SERVER, ["--out", "nowhere"]);
  assert.equal(code, 2);
  assert.match(stderr, /^preview: .*nowhere.grafana.dashboards: no dashboards; run `make build`, or pass --out FOLDER\n$/);
});

test("An invalid URL of Prometheus is rejected before the server starts", async () => {
  const { code, stderr } = await runProgram(SERVER, ["--out", OUT, "--prometheus", "localhost"]);
  assert.equal(code, 2);
  assert.equal(stderr, "preview: --prometheus localhost: not the URL of a Prometheus; use http://HOST:PORT\n");
});
