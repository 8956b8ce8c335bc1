/** The counters of one shard, and what has been added to them. */

import { OTHER, SEPARATOR, SHAPES, zeros, type Delta, type Exemplar, type Shape } from "./series.ts";

/** What an isolate hands over to a shard: it is added once, however often it is sent. */
export interface Batch {
  readonly id: string;
  /** Milliseconds since 1970, by the isolate's clock: when it was taken out of the tally. */
  readonly takenAt: number;
  /** Of the Worker that hands over: what is refused is counted as lost by it. */
  readonly service: string;
  readonly deltas: readonly Delta[];
}

/** An exemplar as it is told: its time is that of the hand-over. */
export interface Told extends Exemplar {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A series as it is told: cumulative since its birth. */
export interface Series {
  readonly shape: Shape;
  readonly values: readonly string[];
  /** Milliseconds since 1970. */
  readonly bornAt: number;
  readonly changedAt: number;
  /** As in a delta. */
  readonly numbers: readonly number[];
}

/** What came of a batch: the keys of series that changed, and how many increments and observations were refused. */
export interface Added {
  readonly changed: readonly string[];
  readonly refused: number;
}

/** An older batch is refused, well before its id is forgotten: it may be lost, which is said, but not added twice. */
const REFUSED_AFTER_MS = 30 * 60_000;
const FORGOTTEN_AFTER_MS = 2 * REFUSED_AFTER_MS;
/** As long as Prometheus keeps its data: whoever comes back later begins anew, and a flood of tenants ebbs away. */
const IDLE_FOR_GOOD_MS = 35 * 86_400_000;
const BY_ID = new Map(Object.values(SHAPES).map((each) => [each.id, each]));
const DROPPED = SHAPES.telemetry_dropped_total;
type Row = { key: string; bornAt: number; changedAt: number; numbers: string };
const TABLES = `
  CREATE TABLE IF NOT EXISTS series (key TEXT PRIMARY KEY, bornAt INTEGER, changedAt INTEGER, numbers TEXT)
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS batches (id TEXT PRIMARY KEY, addedAt INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS shard (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT, toldAt INTEGER);
`;

/** The true counters of one shard: in SQLite, and in memory once they are there. */
export class Ledger {
  readonly series = new Map<string, Series>();
  /** The last request of each place of a series; in memory alone, for a late exemplar is worth nothing. */
  readonly exemplars = new Map<string, Told[]>();
  /** The shard's name, which its series bear as `instance`. */
  name = "";
  readonly #storage: DurableObjectStorage;
  #latest = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(TABLES);
    this.#recall();
  }

  /** Remembers the shard's name, and what was told last, so that time never goes back. */
  remember(name: string): void {
    this.name = name;
    this.#storage.sql.exec("INSERT OR REPLACE INTO shard VALUES (1, ?, ?)", name, this.#latest);
  }

  /** A moment after each one that was told so far, in milliseconds since 1970, even where the clock went back. */
  tick(now: number): number {
    return (this.#latest = Math.max(now, this.#latest + 1));
  }

  /** Adds all of a batch or, where it was added before, nothing. */
  add(batch: Batch, now: number, limit: number): Added {
    const growing = new Growing(this.series, this.tick(now), limit);
    const refused = growing.add(batch, now - batch.takenAt > REFUSED_AFTER_MS);
    const { grown } = growing;
    if (!this.#storage.transactionSync(() => this.#write(batch.id, now, grown))) return { changed: [], refused: 0 };
    for (const [key, series] of grown) this.series.set(key, series);
    for (const { key, exemplars } of batch.deltas) if (grown.has(key)) this.#note(key, exemplars, batch.takenAt);
    return { changed: [...grown.keys()], refused };
  }

  /** Forgets ids of batches that nobody can send any more, and series of tenants who have not been here for so long. */
  forget(now: number): void {
    const { sql } = this.#storage;
    sql.exec("DELETE FROM batches WHERE addedAt < ?", now - FORGOTTEN_AFTER_MS);
    for (const [key, { shape, changedAt }] of this.series) {
      if (now - changedAt < IDLE_FOR_GOOD_MS || !shape.labels.includes("tenant_id")) continue;
      sql.exec("DELETE FROM series WHERE key = ?", key);
      this.series.delete(key);
    }
  }

  #recall(): void {
    const { sql } = this.#storage;
    for (const { name, toldAt } of sql.exec<{ name: string; toldAt: number }>("SELECT name, toldAt FROM shard")) {
      this.name = name;
      this.#latest = toldAt;
    }
    for (const { key, bornAt, changedAt, numbers } of sql.exec<Row>("SELECT * FROM series").toArray()) {
      const read = readKey(key);
      if (read) this.series.set(key, { ...read, bornAt, changedAt, numbers: JSON.parse(numbers) as number[] });
      else sql.exec("DELETE FROM series WHERE key = ?", key); // the contract has changed: nobody counts it any more
      this.#latest = Math.max(this.#latest, bornAt);
    }
  }

  #write(id: string, now: number, grown: Map<string, Series>): boolean {
    const { sql } = this.#storage;
    if (sql.exec("SELECT 1 FROM batches WHERE id = ?", id).toArray().length) return false;
    sql.exec("INSERT INTO batches VALUES (?, ?)", id, now);
    for (const [key, { bornAt, changedAt, numbers }] of grown) {
      const row = [key, bornAt, changedAt, JSON.stringify(numbers)];
      sql.exec("INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?)", ...row);
    }
    return true;
  }

  /** Of requests that only grew a counter nobody asks for one; of observations and errors somebody does. */
  #note(key: string, exemplars: readonly Exemplar[], at: number): void {
    const { kind, name } = this.series.get(key)!.shape;
    if (kind !== "histogram" && !name.includes("errors")) return;
    const places = this.exemplars.get(key) ?? [];
    exemplars.forEach((exemplar, place) => (places[place] = { ...exemplar, at }));
    if (places.length) this.exemplars.set(key, places);
  }
}

/** What a batch makes of the series; the series themselves are left as they are until that is in storage. */
class Growing {
  readonly grown = new Map<string, Series>();
  readonly #series: ReadonlyMap<string, Series>;
  readonly #at: number;
  readonly #limit: number;
  #births = 0;

  constructor(series: ReadonlyMap<string, Series>, at: number, limit: number) {
    this.#series = series;
    this.#at = at;
    this.#limit = limit;
  }

  /** Returns how many increments and observations were refused; they are counted as such. */
  add(batch: Batch, isTooOld: boolean): number {
    let refused = 0;
    for (const { key, numbers } of batch.deltas) {
      if (isTooOld || !(this.#add(key, numbers, 1) || this.#add(ofOther(key), numbers, 2))) refused += madeIn(numbers);
    }
    if (refused) this.#add(refusedBy(batch.service), [refused, refused], 1);
    return refused;
  }

  #add(key: string, numbers: readonly number[], limits: number): boolean {
    const known = this.grown.get(key) ?? this.#series.get(key) ?? this.#born(key, limits * this.#limit);
    if (!known) return false;
    const sums = known.numbers.map((number, place) => number + (numbers[place] ?? 0));
    this.grown.set(key, { ...known, changedAt: this.#at, numbers: sums });
    return true;
  }

  #born(key: string, limit: number): Series | undefined {
    const read = readKey(key);
    if (!read) return undefined;
    if (this.#series.size + this.#births >= limit && read.shape.labels.includes("tenant_id")) return undefined;
    this.#births++;
    return { ...read, bornAt: this.#at, changedAt: this.#at, numbers: zeros(read.shape) };
  }
}

/** How many increments or observations are in the numbers of a series: all of them but the sum. */
export function madeIn(numbers: readonly number[]): number {
  return numbers.slice(0, -1).reduce((sum, each) => sum + each, 0);
}

/** The key of the series that counts what was refused; unlike any other, it takes a service of another contract too. */
function refusedBy(service: string): string {
  return [DROPPED.id, ...DROPPED.labels.map((label) => (label === "service" ? service : "refused"))].join(SEPARATOR);
}

/** The metric and the label values of a key, or undefined where the contract has no such metric (any more). */
export function readKey(key: string): { shape: Shape; values: string[] } | undefined {
  const [id = "", ...values] = key.split(SEPARATOR);
  const shape = BY_ID.get(id);
  return shape && shape.labels.length === values.length ? { shape, values } : undefined;
}

/** The same series of the tenant `other`, or the key itself where it has no tenant. */
function ofOther(key: string): string {
  const parts = key.split(SEPARATOR);
  const place = BY_ID.get(parts[0]!)?.labels.indexOf("tenant_id") ?? -1;
  if (place >= 0) parts[place + 1] = OTHER;
  return parts.join(SEPARATOR);
}
