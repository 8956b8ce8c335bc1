/** How a shard tells its collector. */

import type { Metadata, Service } from "../../out/contract/contract.gen.ts";
import type { Ledger, Series } from "./ledger.ts";
import { notice, serviceOf } from "./notice.ts";
import { otlpOf } from "./otlp.ts";
import { type Collector, type Outcome, post, type Refusal } from "./push.ts";
import { numberOf, type Setting, type TelemetryEnv } from "./settings.ts";

/** Series in one request to the collector: histograms take some 700 bytes each before they are compressed. */
const SERIES_A_REQUEST = 1_000;
const ANSWER_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;
const FORGET_EVERY_MS = 10 * 60_000;
const PUSH_MS: Setting = ["TELEMETRY_PUSH_MS", 5_000, 100, 60_000];
const FULL_MS: Setting = ["TELEMETRY_FULL_MS", 15_000, 100, 60_000];
/** By the status that was answered; 0 where there was no answer. */
const CURES: Record<number, string> = {
  0: "look whether it is up, and whether OTLP_URL leads there",
  401: "mend OTLP_TOKEN",
  403: "mend OTLP_TOKEN",
  404: "mend OTLP_URL: it ends with /v1/metrics",
  429: "if this lasts, raise TELEMETRY_PUSH_MS",
};

type Entry = readonly [key: string, series: Series];

/** Tells a collector what a shard knows: what has changed at each push, everything now and then, for ever. */
export class Teller {
  readonly #ledger: Ledger;
  readonly #env: TelemetryEnv;
  readonly #changed = new Set<string>();
  #toldAllAt = 0;
  #forgotAt = 0;
  #failures = 0;
  /** Milliseconds since 1970: when the collector may be asked again. */
  #opensAt = 0;

  constructor(ledger: Ledger, env: TelemetryEnv) {
    this.#ledger = ledger;
    this.#env = env;
  }

  changed(keys: readonly string[]): void {
    for (const key of keys) this.#changed.add(key);
  }

  /** Pushes what is due, and returns when it wants to be called next, in milliseconds since 1970. */
  async tell(now: number): Promise<number> {
    const every = this.#number(PUSH_MS);
    const isAllDue = now - this.#toldAllAt >= this.#number(FULL_MS) - every / 2;
    if (now >= this.#opensAt) await this.#tellSome(isAllDue, now, every);
    if (now - this.#forgotAt >= FORGET_EVERY_MS) this.#ledger.forget((this.#forgotAt = now));
    return Math.max(Date.now() + every, this.#opensAt);
  }

  async #tellSome(isAll: boolean, now: number, every: number): Promise<void> {
    const keys = isAll ? [...this.#ledger.series.keys()] : [...this.#changed];
    if (!keys.length) return;
    const at = this.#ledger.tick(now);
    this.#ledger.remember(this.#ledger.name);
    const refusal = await this.#pushAll(keys, at);
    if (refusal) return this.#refused(refusal, every);
    if (isAll) this.#toldAllAt = now;
    if (this.#failures) this.#notice("info", "the collector takes telemetry again.");
    this.#failures = 0;
  }

  /** Sends all requests, unless one fails in a way that the others would too. */
  async #pushAll(keys: string[], at: number): Promise<Outcome> {
    let first: Outcome;
    for (let start = 0; start < keys.length; start += SERIES_A_REQUEST) {
      const refusal = await this.#push(keys.slice(start, start + SERIES_A_REQUEST), at);
      first ??= refusal;
      if (refusal && refusal.status !== 400) break;
    }
    return first;
  }

  #collector(): Collector {
    const patience = Math.min(ANSWER_MS, this.#number(FULL_MS));
    return { url: this.#env.OTLP_URL, token: this.#env.OTLP_TOKEN, patience };
  }

  async #push(keys: string[], at: number): Promise<Outcome> {
    const { name, series, exemplars } = this.#ledger;
    const entries = keys.flatMap((key): Entry[] => (series.has(key) ? [[key, series.get(key)!]] : []));
    const text = otlpOf({ shard: name, at, series: entries, exemplars });
    for (const key of keys) this.#changed.delete(key); // before the waiting: what changes meanwhile is due again
    const refusal = await post(text, this.#collector());
    if (refusal) this.changed(keys);
    else for (const key of keys) if (!this.#changed.has(key)) exemplars.delete(key);
    return refusal;
  }

  #refused({ status, why, pause }: Refusal, every: number): void {
    const cure = CURES[status ?? 0] ?? "its log says more";
    const message = `the collector took no telemetry (${why}); it is kept and sent again: ${cure}.`;
    if (!this.#failures++) this.#notice("warn", message, status ? { collector_status: status } : {});
    this.#opensAt = Date.now() + Math.max(pause, Math.min(LONGEST_PAUSE_MS, every * 2 ** this.#failures));
  }

  #notice(level: "info" | "warn", message: string, metadata: Metadata = {}): void {
    notice(this.#service(), level, `${this.#ledger.name}: ${message}`, metadata);
  }

  #service(): Service {
    for (const { shape, values } of this.#ledger.series.values()) {
      const place = shape.labels.indexOf("service");
      if (place >= 0) return serviceOf(values[place]);
    }
    return serviceOf();
  }

  #number(setting: Setting): number {
    return numberOf(this.#env, setting, this.#service());
  }
}
