/** The counters of one shard: in memory, and in storage as a log of batches and what earlier ones have added up to. */

import { type MetricName, TELEMETRY } from "workers-ai-observability/contract";
import { decideBatch, type Decision } from "./admission.ts";
import type { Exemplar, MetricsBatch } from "./batch.ts";
import { knownService } from "./diagnostics.ts";
import { DEFINITIONS_BY_ID, METRIC_DEFINITIONS, type MetricDefinition, parseSeriesKey, seriesKey } from "./series.ts";
import { SeriesTable } from "./series_table.ts";
import { BATCH_ID_RETENTION_MS, type LoggedDelta, ShardStorage, type StoredRow } from "./shard_storage.ts";

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
  /** As in a delta. */
  readonly numbers: readonly number[];
  /** The last one of each bucket, at the bucket's index; sparse. */
  readonly exemplars?: readonly TimedExemplar[] | undefined;
}

/** How many increments and observations of a batch were rejected, and how many were counted as `other`. */
export type AddResult = Pick<Decision, "rejected" | "overflowed">;

/** An older batch is rejected and counted as dropped, long before its id is deleted: so no batch is ever added twice. */
const MAX_BATCH_AGE_MS = BATCH_ID_RETENTION_MS / 2;
/** The retention of Prometheus. A tenant that returns later starts at 0; series of a flood of tenants are deleted. */
const SERIES_RETENTION_MS = TELEMETRY.retentionMs;
/** How far a clock may be ahead for a time: Prometheus rejects samples that are further ahead. */
const MAX_AHEAD_MS = 10 * 60_000;
/** A shard exports every few seconds: if its clock moved on by more, it may be wrong, and nothing is deleted by it. */
const MAX_CLOCK_STEP_MS = 30 * 60_000;
/** An id whose batch has a time ahead of the shard's clock is kept for longer, up to this. */
const MAX_BATCH_AHEAD_MS = 86_400_000;
/** How many series have a place in a chunk, which is one row of storage, or two if their names are long. */
const SLOTS_PER_CHUNK = 10_000;
/** Of how many series exemplars are kept until the next export. */
const MAX_EXEMPLARS = 10_000;
// A shard continues what was counted under an earlier name, and takes batches of Workers that still have the earlier contract; nothing
// else counts under it. Its id is that of the new name but for the name: the rest is a hash of what did not change.
for (const [name, earlier] of Object.entries<string>(TELEMETRY.renamed)) {
  const metric = METRIC_DEFINITIONS[name as MetricName];
  const id = metric.id.replace(name, earlier);
  DEFINITIONS_BY_ID.set(id, { ...metric, id, name: earlier as MetricName });
}
const NOTHING: AddResult = { rejected: 0, overflowed: 0 };

/** The counters of one shard. They are read from storage once, and each change is written before it is visible. */
export class CounterStore {
  readonly table = new SeriesTable();
  readonly storage: ShardStorage;
  /** The slots of series that have changed since they were exported, of each endpoint. */
  readonly #changed: Set<number>[] = [];
  /** The last exemplar of each bucket of a series, by slot; only in memory, because old exemplars are of no use. */
  readonly exemplars = new Map<number, TimedExemplar[]>();
  /** The shard's name, which is the label `instance` of its series. */
  name = "";
  /** When the shard last exported, in milliseconds since 1970, also before a restart, up to a minute; 0 if it never did. */
  exportedAt = 0;
  /** Requests to the object that are not in its series yet: the next batch stores them, so they take no row of their own. */
  newRequests = 0;
  /** Until when the ids of batches are kept. */
  readonly #batchIds = new Map<string, number>();
  /** The chunks that differ from those in storage. */
  readonly #changedChunks = new Set<number>();
  #latestTimestamp = 0;

  constructor(storage: DurableObjectStorage) {
    this.storage = new ShardStorage(storage);
    this.#load();
  }

  /** Returns the slots of series that change from now on, for an endpoint that removes those that it exports. */
  follow(): Set<number> {
    const changed = new Set<number>();
    this.#changed.push(changed);
    return changed;
  }

  /** Stores the name of a new shard. */
  saveName(name: string): void {
    this.storage.saveState({ name, exportedAt: this.exportedAt });
    this.name = name;
  }

  /**
   * Returns a timestamp for an export, above all earlier ones, in milliseconds since 1970, also if the clock was set back. Earlier ones that are
   * minutes ahead were taken while the clock was wrong: Prometheus has rejected them, and they are corrected.
   */
  nextTimestamp(now: number): number {
    return this.#advance(now, 1);
  }

  /** Returns a time that is later than the latest one by at least as much. Batches may share one: they are more than milliseconds. */
  #advance(now: number, leastMs: number): number {
    if (this.#latestTimestamp > now + MAX_AHEAD_MS) this.#correctTimes(now);
    this.#latestTimestamp = Math.max(now, this.#latestTimestamp + leastMs);
    return this.#latestTimestamp;
  }

  /** Adds all of a batch, or nothing if it was added before. It is in storage when this returns. */
  add(batch: MetricsBatch, now: number, maxSeries: number): AddResult {
    if (this.#batchIds.has(batch.id)) return NOTHING;
    const at = this.#advance(now, 0);
    const { deltas: decided, ...result } = decideBatch(batch, this.table, maxSeries, now - batch.takenAt > MAX_BATCH_AGE_MS);
    const deltas = [...decided, this.#requestDelta(batch.service)];
    const expiresAt = Math.max(now, Math.min(batch.takenAt, now + MAX_BATCH_AHEAD_MS)) + BATCH_ID_RETENTION_MS;
    this.storage.append({ id: batch.id, at, expiresAt, deltas });
    this.newRequests = 0; // not before: a failed append is a request, too
    this.#batchIds.set(batch.id, expiresAt);
    this.#apply(deltas, at);
    for (const { key, exemplars } of batch.deltas) this.#keepExemplars(key, exemplars, batch.takenAt);
    return result;
  }

  /** Writes what the log has added up to, if it is long or old enough. */
  foldIfDue(now: number): void {
    if (this.storage.isFoldDue(now)) this.#fold(now);
  }

  /**
   * Deletes the ids of batches that are too old to be accepted, and the series of tenants that were idle for too long, and stores the
   * requests to an idle shard. To be called before an export; it does nothing if the clock has moved on by more than half an hour since
   * the last one.
   */
  deleteExpired(now: number): void {
    if (now - this.#latestTimestamp > MAX_CLOCK_STEP_MS) return;
    for (const slot of this.table.slots()) {
      const isIdle = now - this.table.changedAtOf(slot) >= SERIES_RETENTION_MS;
      if (isIdle && this.table.metricOf(slot).labels.includes("tenant_id")) this.#delete(slot);
    }
    this.#apply([this.#requestDelta(this.service())], this.#advance(now, 0));
    this.newRequests = 0;
    this.#fold(now);
    this.storage.deleteExpiredIds(now);
    for (const [id, expiresAt] of this.#batchIds) if (expiresAt < now) this.#batchIds.delete(id);
  }

  /** Returns a series; undefined if it was deleted. */
  read(slot: number): StoredSeries | undefined {
    const parsed = parseSeriesKey(this.table.keyOf(slot) ?? "");
    return parsed && { ...parsed, startTime: this.table.startTimeOf(slot), numbers: [...this.table.numbersOf(slot)], exemplars: this.exemplars.get(slot) };
  }

  /** Returns the service of the first series that has one; empty if there is none. */
  service(): string {
    for (const slot of this.table.slots()) {
      const { metric, labelValues } = this.read(slot)!;
      const index = metric.labels.indexOf("service");
      if (index >= 0) return labelValues[index]!;
    }
    return "";
  }

  #load(): void {
    this.storage.read({
      state: ({ name, exportedAt }) => {
        this.name = name;
        this.exportedAt = exportedAt;
        this.#latestTimestamp = exportedAt;
      },
      series: (row) => this.#loadSeries(row),
      batchIds: (ids, expiresAt) => {
        for (const id of ids) this.#batchIds.set(id, expiresAt);
      },
      entry: ({ id, at, expiresAt, deltas }) => {
        this.#batchIds.set(id, expiresAt);
        this.#latestTimestamp = Math.max(this.#latestTimestamp, at);
        this.#apply(deltas, at);
      },
    });
    // a series may have another slot now, so the next fold writes all chunks
    for (let chunk = 0; chunk < Math.max(this.storage.chunkCount, chunkOf(this.table.slotCount) + 1); chunk++) this.#changedChunks.add(chunk);
  }

  #loadSeries([key, startTime, changedAt, numbers]: StoredRow): void {
    this.#latestTimestamp = Math.max(this.#latestTimestamp, startTime);
    const parsed = parseSeriesKey(key); // undefined if the contract no longer has the metric, or not in this form
    if (parsed && this.table.find(key) === undefined) this.table.insert(key, { ...parsed, startTime, changedAt, numbers });
  }

  /** Adds what was decided about a batch; a series that does not exist starts at its time. */
  #apply(deltas: readonly LoggedDelta[], at: number): void {
    for (const [key, numbers] of deltas) {
      const slot = this.table.find(key) ?? this.#create(key, at);
      if (slot === undefined) continue; // the log is of an earlier version, whose contract had the metric
      this.table.add(slot, numbers, at);
      for (const changed of this.#changed) changed.add(slot);
      this.#changedChunks.add(chunkOf(slot));
    }
  }

  #requestDelta(service: string): LoggedDelta {
    const key = seriesKey(METRIC_DEFINITIONS.telemetry_object_requests_total, {}, knownService(service));
    return [key, [this.newRequests, this.newRequests]];
  }

  #create(key: string, at: number): number | undefined {
    const parsed = parseSeriesKey(key);
    return parsed && this.table.insert(key, { ...parsed, startTime: at, changedAt: at, numbers: [] });
  }

  #delete(slot: number): void {
    this.table.delete(slot);
    for (const changed of this.#changed) changed.delete(slot);
    this.exemplars.delete(slot);
    this.#changedChunks.add(chunkOf(slot));
  }

  #fold(now: number): void {
    this.storage.fold({ name: this.name, exportedAt: this.exportedAt }, this.#chunks(), now);
    this.#changedChunks.clear();
  }

  *#rowsOf(chunk: number): Generator<StoredRow> {
    const end = Math.min((chunk + 1) * SLOTS_PER_CHUNK, this.table.slotCount);
    for (let slot = chunk * SLOTS_PER_CHUNK; slot < end; slot++) {
      const key = this.table.keyOf(slot);
      if (key === undefined) continue;
      yield [key, this.table.startTimeOf(slot), this.table.changedAtOf(slot), [...this.table.numbersOf(slot)]];
    }
  }

  *#chunks(): Generator<readonly [chunk: number, rows: Iterable<StoredRow>]> {
    for (const chunk of this.#changedChunks) yield [chunk, this.#rowsOf(chunk)];
  }

  /** Moves times that are ahead of the clock back to it, in storage too. */
  #correctTimes(now: number): void {
    for (const slot of this.table.slots()) {
      if (this.table.startTimeOf(slot) <= now && this.table.changedAtOf(slot) <= now) continue;
      this.table.limitTimes(slot, now);
      this.#changedChunks.add(chunkOf(slot));
    }
    this.exportedAt = Math.min(this.exportedAt, now);
    this.exemplars.clear();
    this.#latestTimestamp = now;
    this.#fold(now);
  }

  /** Keeps the exemplars of histograms and error counters; examples for other counters are of no use. */
  #keepExemplars(key: string, exemplars: readonly Exemplar[], at: number): void {
    const slot = this.table.find(key);
    if (slot === undefined) return;
    const { kind, name } = this.table.metricOf(slot);
    if (kind !== "histogram" && !name.includes("errors")) return;
    const kept = this.exemplars.get(slot);
    if (!kept && this.exemplars.size >= MAX_EXEMPLARS) return;
    const timed = Object.assign(kept ?? [], exemplars.map((exemplar) => ({ ...exemplar, at })));
    if (timed.length > 0) this.exemplars.set(slot, timed);
  }
}

const chunkOf = (slot: number): number => Math.floor(slot / SLOTS_PER_CHUNK);
