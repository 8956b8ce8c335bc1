/** The counters of one shard, in SQLite and in memory. */

import { TELEMETRY } from "workers-ai-observability/contract";
import type { Exemplar, MetricsBatch } from "./batch.ts";
import { METRIC_DEFINITIONS, type MetricDefinition, observationCount, otherTenantKey, parseSeriesKey, SEPARATOR, zeros } from "./series.ts";

/** An exemplar with the time of its batch, in milliseconds since 1970. */
export interface TimedExemplar extends Exemplar {
  readonly at: number;
}

/** A cumulative series. */
export interface StoredSeries {
  readonly metric: MetricDefinition;
  readonly labelValues: readonly string[];
  /** When its counting started, in milliseconds since 1970; it never changes. */
  readonly startTime: number;
  readonly changedAt: number;
  /** As in a delta. */
  readonly numbers: readonly number[];
}

/** The effect of a batch: the keys of series that changed, and how many increments and observations were rejected. */
export interface AddResult {
  readonly changed: readonly string[];
  readonly rejected: number;
}

/** An older batch is rejected and counted as dropped, long before its id is deleted: so no batch is ever added twice. */
const MAX_BATCH_AGE_MS = 30 * 60_000;
const BATCH_ID_RETENTION_MS = 2 * MAX_BATCH_AGE_MS;
/** The retention of Prometheus. A tenant that returns later starts at 0; series of a flood of tenants are deleted. */
const SERIES_RETENTION_MS = TELEMETRY.retentionMs;
/** How far a clock may be ahead for a time: Prometheus rejects samples that are further ahead. */
const MAX_AHEAD_MS = 10 * 60_000;
/** A shard exports every few seconds: if its clock moved on by more, it may be wrong, and nothing is deleted by it. */
const MAX_CLOCK_STEP_MS = 30 * 60_000;
/** An id whose batch has a time ahead of the shard's clock is kept for longer, up to this. */
const MAX_BATCH_AHEAD_MS = 86_400_000;
const DROPPED = METRIC_DEFINITIONS.telemetry_dropped_total;

/**
 * The tables of objects that an earlier version created have other names for `id`, `startTime` and `exportedAt`. So rows are
 * read and written by the position of their columns, which must not change; only `series.key`, `batches.id` and
 * `batches.addedAt` are used by name.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS series (key TEXT PRIMARY KEY, startTime INTEGER, changedAt INTEGER, numbers TEXT)
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS batches (id TEXT PRIMARY KEY, addedAt INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS shard (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT, exportedAt INTEGER);
`;
type SeriesRow = [key: string, startTime: number, changedAt: number, numbers: string];
type ShardRow = [id: number, name: string, exportedAt: number];

/** The counters of one shard. They are read from storage once, and each change is written before it is visible. */
export class CounterStore {
  readonly series = new Map<string, StoredSeries>();
  /** The last exemplar of each bucket of a series; only in memory, because old exemplars are of no use. */
  readonly exemplars = new Map<string, TimedExemplar[]>();
  /** The shard's name, which is the label `instance` of its series. */
  name = "";
  /** When the shard last exported, in milliseconds since 1970, also before a restart; 0 if it never did. */
  exportedAt = 0;
  readonly #storage: DurableObjectStorage;
  #latestTimestamp = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(TABLES);
    this.#load();
  }

  /** Stores the shard's name and the latest timestamp, so that timestamps grow also after a restart. */
  saveState(name: string): void {
    this.name = name;
    this.exportedAt = this.#latestTimestamp;
    this.#storage.sql.exec("INSERT OR REPLACE INTO shard VALUES (1, ?, ?)", name, this.#latestTimestamp);
  }

  /**
   * Returns a timestamp above all earlier ones, in milliseconds since 1970, also if the clock was set back. Earlier ones that are
   * minutes ahead were taken while the clock was wrong: Prometheus has rejected them, and they are corrected.
   */
  nextTimestamp(now: number): number {
    if (this.#latestTimestamp > now + MAX_AHEAD_MS) this.#correctTimes(now);
    this.#latestTimestamp = Math.max(now, this.#latestTimestamp + 1);
    return this.#latestTimestamp;
  }

  /** Adds all of a batch, or nothing if it was added before. */
  add(batch: MetricsBatch, now: number, maxSeries: number): AddResult {
    const sum = new BatchSum(this.series, this.nextTimestamp(now), maxSeries);
    const addedAt = Math.max(now, Math.min(batch.takenAt, now + MAX_BATCH_AHEAD_MS));
    const rejected = sum.add(batch, now - batch.takenAt > MAX_BATCH_AGE_MS);
    const isNew = this.#storage.transactionSync(() => this.#write(batch.id, addedAt, sum.changed));
    if (!isNew) return { changed: [], rejected: 0 };
    for (const [key, series] of sum.changed) this.series.set(key, series);
    for (const { key, exemplars } of batch.deltas) {
      if (sum.changed.has(key)) this.#keepExemplars(key, exemplars, batch.takenAt);
    }
    return { changed: [...sum.changed.keys()], rejected };
  }

  /**
   * Deletes the ids of batches that are too old to be accepted, and the series of tenants that were idle for too long. To be called
   * before an export; nothing is deleted if the clock has moved on by more than half an hour since the last one.
   */
  deleteExpired(now: number): void {
    if (now - this.#latestTimestamp > MAX_CLOCK_STEP_MS) return;
    const { sql } = this.#storage;
    sql.exec("DELETE FROM batches WHERE addedAt < ?", now - BATCH_ID_RETENTION_MS);
    for (const [key, { metric, changedAt }] of this.series) {
      if (now - changedAt < SERIES_RETENTION_MS || !metric.labels.includes("tenant_id")) continue;
      sql.exec("DELETE FROM series WHERE key = ?", key);
      this.series.delete(key);
    }
  }

  #load(): void {
    const { sql } = this.#storage;
    for (const [, name, exportedAt] of sql.exec("SELECT * FROM shard").raw<ShardRow>()) {
      this.name = name;
      this.exportedAt = exportedAt;
      this.#latestTimestamp = exportedAt;
    }
    for (const [key, startTime, changedAt, numbers] of [...sql.exec("SELECT * FROM series").raw<SeriesRow>()]) {
      this.#latestTimestamp = Math.max(this.#latestTimestamp, startTime);
      const parsed = parseSeriesKey(key);
      if (parsed) this.series.set(key, { ...parsed, startTime, changedAt, numbers: JSON.parse(numbers) as number[] });
      else sql.exec("DELETE FROM series WHERE key = ?", key); // the contract no longer has the metric, or not in this form
    }
  }

  /** Moves times that are ahead of the clock back to it: in storage first, as all changes. */
  #correctTimes(now: number): void {
    const corrected = new Map<string, StoredSeries>();
    for (const [key, series] of this.series) {
      const { startTime, changedAt } = series;
      if (Math.max(startTime, changedAt) <= now) continue;
      corrected.set(key, { ...series, startTime: Math.min(startTime, now), changedAt: Math.min(changedAt, now) });
    }
    this.#storage.transactionSync(() => this.#writeSeries(corrected));
    for (const [key, series] of corrected) this.series.set(key, series);
    this.exemplars.clear();
    this.#latestTimestamp = now;
  }

  /** Returns whether the batch is new; if it is not, nothing is written. */
  #write(id: string, addedAt: number, changed: ReadonlyMap<string, StoredSeries>): boolean {
    const { sql } = this.#storage;
    const isKnown = sql.exec("SELECT 1 FROM batches WHERE id = ?", id).toArray().length > 0;
    if (isKnown) return false;
    sql.exec("INSERT INTO batches VALUES (?, ?)", id, addedAt);
    this.#writeSeries(changed);
    return true;
  }

  #writeSeries(changed: ReadonlyMap<string, StoredSeries>): void {
    for (const [key, { startTime, changedAt, numbers }] of changed) {
      this.#storage.sql.exec("INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?)", key, startTime, changedAt, JSON.stringify(numbers));
    }
  }

  /** Keeps the exemplars of histograms and error counters; examples for other counters are of no use. */
  #keepExemplars(key: string, exemplars: readonly Exemplar[], at: number): void {
    const { kind, name } = this.series.get(key)!.metric;
    if (kind !== "histogram" && !name.includes("errors")) return;
    const timed = this.exemplars.get(key) ?? [];
    exemplars.forEach((exemplar, bucket) => {
      timed[bucket] = { ...exemplar, at };
    });
    if (timed.length > 0) this.exemplars.set(key, timed);
  }
}

/** Adds a batch to series without changing them, because they may change only when the result is in storage. */
class BatchSum {
  readonly changed = new Map<string, StoredSeries>();
  readonly #series: ReadonlyMap<string, StoredSeries>;
  readonly #at: number;
  readonly #maxSeries: number;
  #createdSeries = 0;

  constructor(series: ReadonlyMap<string, StoredSeries>, at: number, maxSeries: number) {
    this.#series = series;
    this.#at = at;
    this.#maxSeries = maxSeries;
  }

  /** Returns how many increments and observations were rejected; they are counted as such. */
  add(batch: MetricsBatch, isTooOld: boolean): number {
    let rejected = 0;
    for (const { key, numbers } of batch.deltas) {
      if (isTooOld || !this.#addOrMerge(key, numbers)) rejected += observationCount(numbers);
    }
    if (rejected > 0) this.#add(rejectedKey(batch.service), [rejected, rejected], this.#maxSeries);
    return rejected;
  }

  /** Adds to the series or, if there is no room for it, to that of the tenant `other`. */
  #addOrMerge(key: string, numbers: readonly number[]): boolean {
    return this.#add(key, numbers, this.#maxSeries) || this.#add(otherTenantKey(key), numbers, 2 * this.#maxSeries);
  }

  #add(key: string, numbers: readonly number[], maxSeries: number): boolean {
    const series = this.changed.get(key) ?? this.#series.get(key) ?? this.#create(key, maxSeries);
    if (!series) return false;
    const sums = series.numbers.map((number, index) => number + (numbers[index] ?? 0));
    this.changed.set(key, { ...series, changedAt: this.#at, numbers: sums });
    return true;
  }

  /** Returns undefined if the contract does not have the series, or if there is no room for another tenant's. */
  #create(key: string, maxSeries: number): StoredSeries | undefined {
    const parsed = parseSeriesKey(key);
    if (!parsed) return undefined;
    const isFull = this.#series.size + this.#createdSeries >= maxSeries;
    if (isFull && parsed.metric.labels.includes("tenant_id")) return undefined;
    this.#createdSeries += 1;
    return { ...parsed, startTime: this.#at, changedAt: this.#at, numbers: zeros(parsed.metric) };
  }
}

/** Returns the key of the series that counts what was rejected. It may name a service that the contract does not have. */
function rejectedKey(service: string): string {
  const labelValues = DROPPED.labels.map((label) => (label === "service" ? service : "refused"));
  return [DROPPED.id, ...labelValues].join(SEPARATOR);
}
