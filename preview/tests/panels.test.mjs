/** The program that takes screenshots of single panels. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fakePrometheus } from "./fake-prometheus.mjs";
import { lastHours, OUT, overviewQueries, TITLES } from "./fixtures.mjs";

const PROGRAM = fileURLToPath(new URL("../panels.mjs", import.meta.url));
const PNG_SIGNATURE = "89504e470d0a1a0a";

/** Write an output folder whose only dashboard is the Overview with some of its panels. */
function writeOverview(titles) {
  const out = mkdtempSync(join(tmpdir(), "panels-"));
  const folder = join(out, "grafana", "dashboards");
  mkdirSync(folder, { recursive: true });
  const overview = JSON.parse(readFileSync(join(OUT, "grafana", "dashboards", "overview.json"), "utf8"));
  const panels = overview.panels.filter(({ title }) => titles.includes(title));
  writeFileSync(join(folder, "overview.json"), JSON.stringify({ ...overview, panels }));
  return { out, title: overview.title, ids: panels.map(({ id }) => id) };
}

/** Run the program; returns its exit code, its screenshots and its standard error. */
function takeScreenshots(out, prometheus, environment = {}) {
  const { from, to } = lastHours(6);
  const command = [PROGRAM, "--out", out, "--prometheus", prometheus, "--from", from, "--to", to];
  const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 };
  return new Promise((done) => {
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      done({ code: error?.code ?? 0, screenshots: stdout && JSON.parse(stdout), stderr });
    });
  });
}

describe("screenshots of single panels", () => {
  let fake;
  let overview;
  let first;
  before(async () => {
    fake = await fakePrometheus({ fails: (query) => overviewQueries(TITLES.pages).includes(query) });
    overview = writeOverview([TITLES.pages, TITLES.errors]);
    first = await takeScreenshots(overview.out, fake.url);
  });
  after(async () => {
    await fake.close();
    rmSync(overview.out, { recursive: true });
  });

  test("Each panel of the folder and no other has a screenshot per theme at twice its size; a failed one has its message", () => {
    const { code, screenshots, stderr } = first;
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(screenshots.map(({ dashboard, panel }) => [dashboard, panel]), overview.ids.map((id) => [overview.title, id]));
    const [failed, drawn] = ["failed", "drawn"].map((expected) => screenshots.find(({ state }) => state === expected));
    assert.match(failed.error, /the query hit a limit of this test/);
    assert.equal(drawn.error, "");
    for (const { width, light, dark } of screenshots) {
      const [lightPng, darkPng] = [light, dark].map((png) => Buffer.from(png, "base64"));
      assert.equal(lightPng.toString("hex", 0, 8), PNG_SIGNATURE);
      // Bytes 16 to 19 of a PNG are its width.
      assert.ok(Math.abs(lightPng.readUInt32BE(16) - 2 * width) <= 2);
      assert.ok(!lightPng.equals(darkPng));
    }
  });

  test("The same panels over the same data give byte-identical screenshots", async () => {
    const second = await takeScreenshots(overview.out, fake.url);
    assert.ok(JSON.stringify(first.screenshots) === JSON.stringify(second.screenshots));
  });

  test("A Chromium that does not start is one line on standard error, with a hint", async () => {
    const { code, stderr } = await takeScreenshots(overview.out, fake.url, { CHROMIUM: "/nowhere/chromium" });
    assert.equal(code, 2);
    assert.match(stderr, /^panels: \/nowhere\/chromium \(\$CHROMIUM\): does not start: .*; set CHROMIUM=PATH to another Chromium\n$/);
  });
});
