/** The Worker of `counting.ts`, with a shard whose tables an earlier version has created and filled. */

import type { TelemetryEnv } from "../../src/config.ts";
import { TelemetryShard as CountingShard } from "./counting.ts";

export { default } from "./counting.ts";

/** Column names differ from those of the current version; the order of the columns is the same. */
const EARLIER_TABLES = `
  CREATE TABLE IF NOT EXISTS series (key TEXT PRIMARY KEY, created INTEGER, changedAt INTEGER, numbers TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS batches (id TEXT PRIMARY KEY, addedAt INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS shard (row INTEGER PRIMARY KEY CHECK (row = 1), name TEXT, pushed INTEGER);
`;
/** A row as an earlier version stored it; a change of the metrics' ids would lose it. */
const KEY = ["requests_total@1xyjzal", "acme", "/chat", "worker-api"].join("\x1f");

export class TelemetryShard extends CountingShard {
  constructor(state: DurableObjectState, env: TelemetryEnv) {
    const { sql } = state.storage;
    const startTime = Date.now() - 60_000;
    const isNew = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'state'").toArray().length === 0;
    if (isNew) {
      sql.exec(EARLIER_TABLES);
      sql.exec("INSERT INTO series VALUES (?, ?, ?, '[40,42]')", KEY, startTime, startTime);
      sql.exec("INSERT INTO shard VALUES (1, 'shard-0', ?)", startTime);
    }
    super(state, env);
  }
}
