/**
 * The batches that isolates send to a shard. All names of fields here, and that of the RPC method, are the wire format between
 * Workers of different versions: they must not change.
 */

/** An example of what was counted: a value, and the id of the request that it came from. */
export interface Exemplar {
  readonly value: number;
  readonly requestId: string;
}

/** What was added to a series. */
export interface SeriesDelta {
  readonly key: string;
  /** The number of observations in each bucket, then of those above the last bound; the last number is the sum of their values. */
  readonly numbers: readonly number[];
  /** The last exemplar of each bucket, at the bucket's index; sparse. */
  readonly exemplars: readonly Exemplar[];
}

/** A batch is added to the counters once, however often it is sent. */
export interface MetricsBatch {
  readonly id: string;
  /** When it was taken from the accumulator, in milliseconds since 1970 by the isolate's clock. */
  readonly takenAt: number;
  /** The service that sends it; what the shard rejects is counted as dropped under this name. */
  readonly service: string;
  readonly deltas: readonly SeriesDelta[];
}

/** The RPC interface of a shard. */
export interface ShardRpc extends Rpc.DurableObjectBranded {
  /** Adds batches to the shard of this name. They are in storage when it returns. */
  add(name: string, batches: readonly MetricsBatch[]): Promise<void>;
}
