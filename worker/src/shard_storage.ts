/**
 * The storage of a shard. Each row that is written costs money, so a batch is one row of a log, and a fold writes what the log has
 * added up to: series in chunks, never a row each. Positions of the log are written again after each fold, so nothing is deleted.
 */

import { EncodeBuffer } from "./encode_buffer.ts";

/** A batch as it was added: what was decided about it is not decided again when the log is read. */
export interface LogEntry extends LogHeader {
  readonly deltas: readonly LoggedDelta[];
}
interface LogHeader {
  readonly id: string;
  /** When it was added, in milliseconds since 1970: the start time of the series that it created. */
  readonly at: number;
  /** Until when its id is kept, in milliseconds since 1970. */
  readonly expiresAt: number;
}
export type LoggedDelta = readonly [key: string, numbers: readonly number[]];

/** A series of a chunk. */
export type StoredRow = readonly [key: string, startTime: number, changedAt: number, numbers: readonly number[]];

/** What a shard stores beside its series. */
export interface ShardState {
  readonly name: string;
  /** When it last exported, in milliseconds since 1970. */
  readonly exportedAt: number;
}

/** What was in storage. */
export interface StorageReader {
  state(state: ShardState): void;
  series(row: StoredRow): void;
  /** The ids of folded batches, and until when they are kept. */
  batchIds(ids: readonly string[], expiresAt: number): void;
  /** A batch since the last fold; in the order in which they were added. */
  entry(entry: LogEntry): void;
}

/** How large a row may be, in bytes; SQLite's limit in an object is 2 MB. */
const MAX_ROW_BYTES = 1_900_000;
/** The positions that a chunk has: as many as its largest series may need, in rows of the maximum size. */
const PARTS = 64;
/** When the log is folded: after as many rows or bytes, or after this time. */
const MAX_LOG_ROWS = 1_000;
const MAX_LOG_BYTES = 4_000_000;
const FOLD_MS = 60_000;
/** A batch is rejected after half of this time, long before its id is deleted: so no batch is ever added twice. */
export const BATCH_ID_RETENTION_MS = 60 * 60_000;
const MAX_IDS_OF_ROW = 10_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT, generation INTEGER, exportedAt INTEGER);
  CREATE TABLE IF NOT EXISTS log (position INTEGER PRIMARY KEY, generation INTEGER, entry BLOB);
  CREATE TABLE IF NOT EXISTS chunks (position INTEGER PRIMARY KEY, series BLOB);
  CREATE TABLE IF NOT EXISTS batch_ids (generation INTEGER PRIMARY KEY, expiresAt INTEGER, ids TEXT);
`;

export class ShardStorage {
  /** Rows written since the object started, by those of SQLite's counter; the shard adds those of alarms. */
  rowsWritten = 0;
  readonly #storage: DurableObjectStorage;
  readonly #buffer = new EncodeBuffer();
  readonly #decoder = new TextDecoder();
  /** Counts the folds: rows of the log that have an earlier one are folded. */
  #generation = 0;
  #logRows = 0;
  #logBytes = 0;
  #ids: string[] = [];
  #idsExpireAt = 0;
  /** When the log was folded, in milliseconds since 1970; 0 after a start that found tables of an earlier version. */
  #foldedAt = Date.now();
  /** How many rows each chunk has. */
  readonly #parts: number[] = [];
  #hasEarlierTables = false;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(TABLES);
  }

  get chunkCount(): number {
    return this.#parts.length;
  }

  /** Reads what is in storage, row by row, so that there is never more than a row of it in memory as text. */
  read(reader: StorageReader): void {
    const { sql } = this.#storage;
    this.#readEarlierTables(reader);
    for (const [, name, generation, exportedAt] of sql.exec("SELECT * FROM state").raw<[number, string, number, number]>()) {
      this.#generation = generation;
      reader.state({ name, exportedAt });
    }
    for (const [position, series] of sql.exec("SELECT * FROM chunks ORDER BY position").raw<[number, ArrayBuffer]>()) {
      const chunk = Math.floor(position / PARTS);
      this.#parts[chunk] = (position % PARTS) + 1;
      for (const row of this.#lines(series)) reader.series(row as StoredRow);
    }
    for (const [, expiresAt, ids] of sql.exec("SELECT * FROM batch_ids").raw<[number, number, string]>()) {
      reader.batchIds(ids.split(","), expiresAt);
    }
    const log = sql.exec("SELECT entry FROM log WHERE generation = ? ORDER BY position", this.#generation);
    for (const [bytes] of log.raw<[ArrayBuffer]>()) {
      const [header, ...deltas] = this.#lines(bytes);
      const entry = { ...(header as LogHeader), deltas: deltas as LoggedDelta[] };
      this.#logged(entry, bytes.byteLength, 1);
      reader.entry(entry);
    }
  }

  /** Writes a batch: one row, unless it is larger than a row may be. */
  append(entry: LogEntry): void {
    const { deltas, ...header } = entry;
    let [rows, bytes] = [0, 0];
    this.#storage.transactionSync(() => {
      for (const row of this.#rowsOf(deltas.map((delta) => JSON.stringify(delta)), [JSON.stringify(header)])) {
        this.#write("INSERT OR REPLACE INTO log VALUES (?, ?, ?)", this.#logRows + rows, this.#generation, row);
        rows += 1;
        bytes += row.length;
      }
    });
    this.#logged(entry, bytes, rows);
  }

  /** Returns whether the log is to be folded. */
  isFoldDue(now: number): boolean {
    const isOld = now < this.#foldedAt || now - this.#foldedAt >= FOLD_MS;
    return isOld || this.#logRows >= MAX_LOG_ROWS || this.#logBytes >= MAX_LOG_BYTES;
  }

  /** Writes chunks, the ids of the batches in the log, and the state, in one transaction, in which the log becomes empty. */
  fold(state: ShardState, chunks: Iterable<readonly [chunk: number, rows: Iterable<StoredRow>]>, now: number): void {
    const parts = new Map<number, number>();
    this.#storage.transactionSync(() => {
      for (const [chunk, rows] of chunks) parts.set(chunk, this.#writeChunk(chunk, rows));
      if (this.#ids.length > 0) {
        this.#writeIds(this.#generation, this.#idsExpireAt, this.#ids);
      }
      this.#writeState(state, this.#generation + 1);
      if (this.#hasEarlierTables) this.#storage.sql.exec("DROP TABLE series; DROP TABLE batches; DROP TABLE shard;");
    });
    this.#hasEarlierTables = false;
    for (const [chunk, count] of parts) this.#parts[chunk] = count;
    this.#generation += 1;
    [this.#logRows, this.#logBytes, this.#ids, this.#idsExpireAt, this.#foldedAt] = [0, 0, [], 0, now];
  }

  saveState(state: ShardState): void {
    this.#writeState(state, this.#generation);
  }

  deleteExpiredIds(now: number): void {
    this.#write("DELETE FROM batch_ids WHERE expiresAt < ?", now);
  }

  #writeIds(row: number, expiresAt: number, ids: readonly string[]): void {
    this.#write("INSERT OR REPLACE INTO batch_ids VALUES (?, ?, ?)", row, expiresAt, ids.join(","));
  }

  #writeState({ name, exportedAt }: ShardState, generation: number): void {
    this.#write("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?)", name, generation, exportedAt);
  }

  /** Writes the series of a chunk, and returns how many rows they take. */
  #writeChunk(chunk: number, series: Iterable<StoredRow>): number {
    const lines: string[] = [];
    for (const row of series) lines.push(JSON.stringify(row));
    const first = chunk * PARTS;
    let rows = 0;
    for (const row of this.#rowsOf(lines)) {
      this.#write("INSERT OR REPLACE INTO chunks VALUES (?, ?)", first + rows, row);
      rows += 1;
    }
    if (rows < (this.#parts[chunk] ?? 0)) this.#write("DELETE FROM chunks WHERE position >= ? AND position < ?", first + rows, first + PARTS);
    return rows;
  }

  /** Yields the rows of these lines, each with a header: one row, or more if it would be larger than a row may be. */
  *#rowsOf(lines: readonly string[], header: readonly string[] = []): Generator<Uint8Array> {
    const row = this.#buffer.encode([...header, ...lines].join("\n"));
    if (row.length <= MAX_ROW_BYTES || lines.length < 2) {
      yield row;
      return;
    }
    const half = Math.ceil(lines.length / 2);
    yield* this.#rowsOf(lines.slice(0, half), header);
    yield* this.#rowsOf(lines.slice(half), header);
  }

  #logged({ id, expiresAt }: LogEntry, bytes: number, rows: number): void {
    if (this.#ids.at(-1) !== id) this.#ids.push(id);
    this.#idsExpireAt = Math.max(this.#idsExpireAt, expiresAt);
    this.#logRows += rows;
    this.#logBytes += bytes;
  }

  #write(statement: string, ...values: (string | number | Uint8Array)[]): void {
    this.rowsWritten += this.#storage.sql.exec(statement, ...values).rowsWritten;
  }

  /** Parses a row line by line, so that its values are not all in memory at once. */
  *#lines(bytes: ArrayBuffer): Generator<unknown> {
    const text = this.#decoder.decode(bytes);
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf("\n", start);
      yield JSON.parse(text.slice(start, end < 0 ? text.length : end));
      start = end < 0 ? text.length : end + 1;
    }
  }

  /**
   * Reads the tables of an earlier version, which had a row for each series and each batch; the next fold replaces them. The names of
   * their columns differ between versions, their order does not.
   */
  #readEarlierTables(reader: StorageReader): void {
    const { sql } = this.#storage;
    this.#hasEarlierTables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'series'").toArray().length > 0;
    if (!this.#hasEarlierTables) return;
    this.#foldedAt = 0;
    for (const [, name, exportedAt] of sql.exec("SELECT * FROM shard").raw<[number, string, number]>()) reader.state({ name, exportedAt });
    for (const [key, startTime, changedAt, numbers] of sql.exec("SELECT * FROM series").raw<[string, number, number, string]>()) {
      reader.series([key, startTime, changedAt, JSON.parse(numbers) as number[]]);
    }
    const batches = [...sql.exec("SELECT * FROM batches").raw<[string, number]>()];
    for (let start = 0; start < batches.length; start += MAX_IDS_OF_ROW) {
      const part = batches.slice(start, start + MAX_IDS_OF_ROW);
      const expiresAt = Math.max(...part.map(([, addedAt]) => addedAt)) + BATCH_ID_RETENTION_MS;
      this.#writeIds(-1 - start, expiresAt, part.map(([id]) => id));
    }
  }
}
