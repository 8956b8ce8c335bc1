/** KV: reads and writes, and those that threw. */

import type { Context } from "../context.ts";
import { replacing, watch } from "./call.ts";

const METHODS = { get: "read", getWithMetadata: "read", list: "read", put: "write", delete: "write" } as const;
const COUNTED = { read: "kv_reads_total", write: "kv_writes_total" } as const;
type Call = (...given: never[]) => Promise<unknown>;

export function observeKv(namespace: KVNamespace, binding: string, context: Context): KVNamespace {
  const { meter, labels } = context;
  const methods = Object.entries(METHODS).map(([name, operation]) => {
    const watched = {
      message: `KV ${name}`,
      metadata: { binding, store: "kv", operation } as const,
      ended(_: number, ending: object): void {
        meter.count(COUNTED[operation], labels);
        if ("error" in ending) meter.count("kv_errors_total", labels, 1, context.origin.requestId);
      },
    };
    const method = (...given: never[]): Promise<unknown> =>
      watch(context, watched, () => (namespace[name as keyof typeof METHODS] as unknown as Call).apply(namespace, given));
    return [name, method];
  });
  return replacing(namespace, Object.fromEntries(methods));
}
