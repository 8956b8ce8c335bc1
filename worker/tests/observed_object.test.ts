/** What an observed Durable Object is billed for is counted: its alarms, and the rows that it reads and writes. */

import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { bundle, COMPATIBILITY, waitFor } from "./workerd.ts";
import type { Use } from "./workers/observed_object.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // workerd starts slowly on a busy machine

/** Whom the rows of a request are counted for: where the runtime knows the request, its tenant, else that of the object. */
const SETTINGS = [
  { flags: ["nodejs_compat"], labels: "acme /chat worker-api" },
  { flags: [], labels: "owner other worker-api" },
];

describe.each(SETTINGS)("with the flags $flags", ({ flags, labels }) => {
  let miniflare: Miniflare;
  let url: URL;
  const lines: string[] = [];
  beforeAll(async () => {
    miniflare = new Miniflare({
      ...COMPATIBILITY,
      compatibilityFlags: flags,
      cf: false,
      modules: true,
      script: await bundle("workers/observed_object.ts"),
      bindings: { TELEMETRY_WINDOW_MS: 20 },
      durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true }, OBJECTS: { className: "Objects", useSQLite: true } },
      handleStructuredLogs: ({ message }: { message: string }) => void lines.push(message),
    });
    url = await miniflare.ready;
    await use("keys"); // creates the object, and its tables
    await counted(`do_rows_written_total ${labels}`, 8);
  });
  afterAll(() => miniflare?.dispose());

  const use = async (name: Use): Promise<unknown> => (await fetch(new URL(`/chat?use=${name}`, url))).json();
  const counters = async (): Promise<Record<string, number>> => (await (await fetch(new URL("/counters", url))).json()) as Record<string, number>;
  const counted = (name: string, atLeast: number): Promise<Record<string, number>> => waitFor(counters, (totals) => (totals[name] ?? 0) >= atLeast);
  /** Returns the increases of the counters of objects while it is used, as soon as all of these are there. */
  async function increases(name: Use, expected: Record<string, number>, result: unknown): Promise<Record<string, number>> {
    const before = await counters();
    expect(await use(name)).toEqual(result);
    const added = async (): Promise<Record<string, number>> => {
      const differences = Object.entries(await counters()).map(([name, total]) => [name, total - (before[name] ?? 0)] as const);
      return Object.fromEntries(differences.filter(([name, increase]) => /^do_(alarms|rows)/.test(name) && increase > 0));
    };
    await waitFor(added, (totals) => Object.keys(expected).every((key) => totals[key]! >= expected[key]!));
    return added();
  }

  test.each([
    // three rows of a table with its row ids as key, and two with an index beside each
    ["write", { do_rows_written_total: 3 + 2 * 2 }, 4],
    ["read", { do_rows_read_total: 3 + 1 }, [3, { id: 2, name: "b" }]],
    ["read slowly", { do_rows_read_total: 3 + 3 }, 2],
    // put "a", two at once, one of kv, two in a transaction; delete of two, of one of kv
    ["keys", { do_rows_written_total: 1 + 2 + 1 + 2 + 2 + 1 }, true],
  ] as const)("rows: %s", async (name, expected, result) => {
    const labelled = Object.fromEntries(Object.entries(expected).map(([metric, rows]) => [`${metric} ${labels}`, rows]));
    expect(await increases(name, labelled, result)).toEqual(labelled);
  });

  test("each alarm is counted and logged for the object's tenant, and setting one is a row", async () => {
    const ofObject = "owner other worker-api";
    const rows: Record<string, number> = { [`do_rows_written_total ${labels}`]: 1 };
    rows[`do_rows_written_total ${ofObject}`] = (rows[`do_rows_written_total ${ofObject}`] ?? 0) + 1;
    const expected = { ...rows, [`do_alarms_total ${ofObject}`]: 2 };
    const before = lines.length;
    expect(await increases("alarm", expected, null)).toEqual(expected);
    const logged = await waitFor(
      () => lines.slice(before).map((line) => JSON.parse(line) as { message: string; tenant_id: string }).filter(({ message }) => message.startsWith("alarm ")),
      ({ length }) => length >= 4,
    );
    expect(logged.map(({ message, tenant_id }) => [message, tenant_id])).toEqual([
      ["alarm arrived", "owner"],
      ["alarm handled", "owner"],
      ["alarm arrived", "owner"],
      ["alarm handled", "owner"],
    ]);
  });
});
