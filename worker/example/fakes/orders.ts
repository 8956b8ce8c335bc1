/** What a fake remote is told to do wrong, to whom, and how often. */

export interface Call {
  readonly binding: "AI" | "VECTORIZE";
  /** As the gateway's metadata, or the namespace, say it; empty where they say none. */
  readonly tenant: string;
  /** The model's name; empty for Vectorize. */
  readonly model: string;
  /** As `run`, `query`, `upsert`. */
  readonly operation: string;
}

/** An order. What it does not name may be any; `times` is how many calls it meets (all, where it is not said). */
export interface Order extends Partial<Call> {
  /** Milliseconds to wait before the answer begins. */
  readonly wait?: number;
  /** The platform's code to refuse with: 3040, 3036 of Workers AI, 40005 of Vectorize. */
  readonly refuse?: number;
  /** Cut the stream in its middle. */
  readonly cut?: boolean;
  readonly times?: number;
}

const NAMED = ["binding", "tenant", "model", "operation"] as const;

export class Orders {
  #left: { order: Order; times: number }[] = [];

  /** From now on these, and none of those before. */
  replace(orders: readonly Order[]): void {
    this.#left = orders.map((order) => ({ order, times: order.times ?? Number.POSITIVE_INFINITY }));
  }

  /** The order that meets a call, if one does; it is used up by one. */
  meet(call: Call): Order {
    const found = this.#left.find(
      ({ order, times }) => times > 0 && NAMED.every((name) => order[name] === undefined || order[name] === call[name]),
    );
    if (found === undefined) return {};
    found.times -= 1;
    return found.order;
  }
}
