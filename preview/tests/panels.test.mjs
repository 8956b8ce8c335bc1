import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { fakePrometheus } from "./fake-prometheus.mjs";
import { lastHours, OUT } from "./preview.mjs";

const PROGRAM = fileURLToPath(new URL("../panels.mjs", import.meta.url));
const PNG = "89504e470d0a1a0a";
const TITLES = ["Pages", "Errors by route"];

/** The Overview with nothing on it but some panels, in an output folder of its own. */
function overviewWith(titles) {
  const out = mkdtempSync(join(tmpdir(), "panels-"));
  const folder = join(out, "grafana", "dashboards");
  mkdirSync(folder, { recursive: true });
  const whole = JSON.parse(readFileSync(join(OUT, "grafana", "dashboards", "overview.json"), "utf8"));
  const panels = whole.panels.filter(({ title }) => titles.includes(title));
  writeFileSync(join(folder, "overview.json"), JSON.stringify({ ...whole, panels }));
  return { out, ids: panels.map(({ id }) => id) };
}

/** How the program ends: its exit code, its pictures, and what it says of trouble. */
function taken(out, prometheus, environment = {}) {
  const words = [PROGRAM, "--out", out, "--prometheus", prometheus, ...Object.entries(lastHours(6)).flatMap(([name, at]) => [`--${name}`, at])];
  const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 };
  return new Promise((done) => {
    execFile(process.execPath, words, options, (error, told, said) => done({ code: error?.code ?? 0, pictures: told && JSON.parse(told), said }));
  });
}

describe("pictures of single panels", () => {
  let fake;
  let overview;
  let first;
  before(async () => {
    fake = await fakePrometheus({ breaks: (query) => query.startsWith('count(ALERTS{alertstate="firing",severity="page"}') });
    overview = overviewWith(TITLES);
    first = await taken(overview.out, fake.url);
  });
  after(async () => {
    await fake.close();
    rmSync(overview.out, { recursive: true });
  });

  test("Each panel of the folder is taken in both lights, at twice its size, and no other; one that fails says why", () => {
    const { code, pictures, said } = first;
    assert.deepEqual([code, said], [0, ""]);
    assert.deepEqual(pictures.map(({ dashboard, panel }) => [dashboard, panel]), overview.ids.map((id) => ["Overview", id]));
    const [failed, drawn] = [pictures.find(({ state }) => state === "failed"), pictures.find(({ state }) => state === "drawn")];
    assert.match(failed.said, /the query hit a limit of this test/);
    assert.equal(drawn.said, "");
    for (const { width, light, dark } of pictures) {
      const [one, other] = [light, dark].map((picture) => Buffer.from(picture, "base64"));
      assert.equal(one.toString("hex", 0, 8), PNG);
      // A PNG's width stands in its bytes 16 to 19.
      assert.ok(Math.abs(one.readUInt32BE(16) - 2 * width) <= 2);
      assert.ok(!one.equals(other));
    }
  });

  test("The same panels over the same data are the same pictures, to the byte", async () => {
    const second = await taken(overview.out, fake.url);
    assert.ok(JSON.stringify(first.pictures) === JSON.stringify(second.pictures));
  });

  test("A Chromium that does not start is one line that says what to name", async () => {
    const { code, said } = await taken(overview.out, fake.url, { CHROMIUM: "/nowhere/chromium" });
    assert.equal(code, 2);
    assert.match(said, /^panels: \/nowhere\/chromium \(\$CHROMIUM\) does not start: .*; name another with CHROMIUM=PATH\n$/);
  });
});
