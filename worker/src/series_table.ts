/**
 * Cumulative series, stored compactly: a shard may hold 200,000 of them, and an object has 128 MB. Numbers and times are in typed
 * arrays; a series is named by its slot, a small integer that stays the same until the series is deleted.
 */

import type { MetricDefinition } from "./series.ts";

/** How many values have room at first. */
const INITIAL_VALUES = 1_024;
/** What comes before the numbers of a series: when its counting started, and when it changed. */
const TIMES = 2;

/** A series without its key, as it is added to a table. */
export interface SeriesState {
  readonly metric: MetricDefinition;
  /** When its counting started, in milliseconds since 1970. */
  readonly startTime: number;
  readonly changedAt: number;
  readonly numbers: ArrayLike<number>;
}

export class SeriesTable {
  readonly #slots = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #metrics: MetricDefinition[] = [];
  /** Where the values of each slot start. */
  readonly #offsets: number[] = [];
  /** The slots of deleted series, by how many values they have room for. */
  readonly #freeSlots: number[][] = [];
  /** Of each series its two times, then its numbers. */
  #values = new Float64Array(INITIAL_VALUES);
  #usedValues = 0;

  get size(): number {
    return this.#slots.size;
  }

  /** One more than the largest slot that was ever used. */
  get slotCount(): number {
    return this.#keys.length;
  }

  /** Returns the slots of all series. */
  slots(): Iterable<number> {
    return this.#slots.values();
  }

  find(key: string): number | undefined {
    return this.#slots.get(key);
  }

  /** Returns the key of a series; undefined if the slot has none. */
  keyOf(slot: number): string | undefined {
    return this.#keys[slot];
  }

  metricOf(slot: number): MetricDefinition {
    return this.#metrics[slot]!;
  }

  startTimeOf(slot: number): number {
    return this.#values[this.#offsets[slot]!]!;
  }

  changedAtOf(slot: number): number {
    return this.#values[this.#offsets[slot]! + 1]!;
  }

  /** Returns a view of the numbers, which changes with them. */
  numbersOf(slot: number): Float64Array {
    return this.#valuesOf(slot).subarray(TIMES);
  }

  /** Adds a series that the table does not have, and returns its slot. */
  insert(key: string, { metric, startTime, changedAt, numbers }: SeriesState): number {
    const slot = this.#freeSlots[widthOf(metric)]?.pop() ?? this.#allocate(widthOf(metric));
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#metrics[slot] = metric;
    this.#valuesOf(slot).fill(0)[0] = startTime;
    this.add(slot, numbers, changedAt);
    return slot;
  }

  /** Adds numbers to those of a series; missing ones count as 0. */
  add(slot: number, numbers: ArrayLike<number>, changedAt: number): void {
    const own = this.numbersOf(slot);
    for (let index = 0; index < own.length; index++) own[index]! += numbers[index] ?? 0;
    this.#valuesOf(slot)[1] = changedAt;
  }

  /** Moves times that are later than this one back to it. */
  limitTimes(slot: number, latest: number): void {
    const values = this.#valuesOf(slot);
    for (let index = 0; index < TIMES; index++) values[index] = Math.min(values[index]!, latest);
  }

  delete(slot: number): void {
    (this.#freeSlots[widthOf(this.metricOf(slot))] ??= []).push(slot);
    this.#slots.delete(this.#keys[slot]!);
    this.#keys[slot] = undefined;
  }

  #valuesOf(slot: number): Float64Array {
    const offset = this.#offsets[slot]!;
    return this.#values.subarray(offset, offset + widthOf(this.metricOf(slot)));
  }

  /** Returns a new slot, whose values have room. */
  #allocate(width: number): number {
    const offset = this.#usedValues;
    this.#usedValues += width;
    if (this.#usedValues > this.#values.length) {
      const grown = new Float64Array(1.5 * this.#usedValues); // by half, so that it and the original need little memory together
      grown.set(this.#values);
      this.#values = grown;
    }
    return this.#offsets.push(offset) - 1;
  }
}

/** Returns how many values a series of the metric has: its times, its buckets, the bucket above the last bound, and the sum. */
const widthOf = ({ buckets }: MetricDefinition): number => TIMES + buckets.length + 2;
