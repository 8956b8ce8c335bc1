/**
 * Cumulative series, stored compactly: a shard may hold 200,000 of them, and an object has 128 MB. Numbers and times are in typed
 * arrays; a series is named by its slot, a small integer that stays the same until the series is deleted.
 */

import type { MetricDefinition } from "./series.ts";

const INITIAL_SLOTS = 256;

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
  readonly #freeSlots: number[] = [];
  /** Where numbers of deleted series were, by how many they are. */
  readonly #freeNumbers = new Map<number, number[]>();
  #startTimes = new Float64Array(INITIAL_SLOTS);
  #changedAt = new Float64Array(INITIAL_SLOTS);
  #offsets = new Uint32Array(INITIAL_SLOTS);
  #numbers = new Float64Array(4 * INITIAL_SLOTS);
  #usedNumbers = 0;

  get size(): number {
    return this.#slots.size;
  }

  /** One more than the largest slot that was ever used. */
  get slotCount(): number {
    return this.#keys.length;
  }

  /** Returns the slots of all series. */
  slots(): number[] {
    return [...this.#slots.values()];
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
    return this.#startTimes[slot]!;
  }

  changedAtOf(slot: number): number {
    return this.#changedAt[slot]!;
  }

  /** Returns a view of the numbers, which changes with them. */
  numbersOf(slot: number): Float64Array {
    const offset = this.#offsets[slot]!;
    return this.#numbers.subarray(offset, offset + widthOf(this.#metrics[slot]!));
  }

  /** Adds a series that the table does not have, and returns its slot. */
  insert(key: string, { metric, startTime, changedAt, numbers }: SeriesState): number {
    const slot = this.#freeSlots.pop() ?? this.#keys.length;
    if (slot >= this.#startTimes.length) this.#growSlots();
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#metrics[slot] = metric;
    this.#offsets[slot] = this.#allocate(widthOf(metric));
    this.setTimes(slot, startTime, changedAt);
    const own = this.numbersOf(slot);
    for (let index = 0; index < own.length; index++) own[index] = numbers[index] ?? 0;
    return slot;
  }

  /** Adds numbers to those of a series; missing ones count as 0. */
  add(slot: number, numbers: ArrayLike<number>, changedAt: number): void {
    const own = this.numbersOf(slot);
    for (let index = 0; index < own.length; index++) own[index]! += numbers[index] ?? 0;
    this.#changedAt[slot] = changedAt;
  }

  setTimes(slot: number, startTime: number, changedAt: number): void {
    this.#startTimes[slot] = startTime;
    this.#changedAt[slot] = changedAt;
  }

  delete(slot: number): void {
    const width = widthOf(this.#metrics[slot]!);
    const free = this.#freeNumbers.get(width) ?? [];
    free.push(this.#offsets[slot]!);
    this.#freeNumbers.set(width, free);
    this.#slots.delete(this.#keys[slot]!);
    this.#keys[slot] = undefined;
    this.#freeSlots.push(slot);
  }

  /** Returns where as many numbers have room. */
  #allocate(width: number): number {
    const free = this.#freeNumbers.get(width)?.pop();
    if (free !== undefined) return free;
    const offset = this.#usedNumbers;
    this.#usedNumbers += width;
    if (this.#usedNumbers > this.#numbers.length) this.#numbers = grown(this.#numbers, this.#usedNumbers, Float64Array);
    return offset;
  }

  #growSlots(): void {
    const needed = this.#startTimes.length + 1;
    this.#startTimes = grown(this.#startTimes, needed, Float64Array);
    this.#changedAt = grown(this.#changedAt, needed, Float64Array);
    this.#offsets = grown(this.#offsets, needed, Uint32Array);
  }
}

/** Returns how many numbers a series of the metric has: its buckets, the bucket above the last bound, and the sum. */
const widthOf = ({ buckets }: MetricDefinition): number => buckets.length + 2;

/** Returns a longer copy: by half, so that it and the original need little memory together. */
function grown<Numbers extends Float64Array | Uint32Array>(numbers: Numbers, needed: number, create: new (length: number) => Numbers): Numbers {
  const copy = new create(Math.max(needed, Math.ceil(1.5 * numbers.length)));
  copy.set(numbers as never);
  return copy;
}
