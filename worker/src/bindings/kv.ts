/** KV: reads and writes, and those that threw. */

import type { Context } from "../context.ts";
import { watchedStore } from "./call.ts";

const METHODS = { get: "read", getWithMetadata: "read", list: "read", put: "write", delete: "write" } as const;

export function observeKv(namespace: KVNamespace, binding: string, context: Context): KVNamespace {
  const { count } = context;
  return watchedStore(
    namespace,
    METHODS,
    (name, operation) => ({
      message: `KV ${name}`,
      metadata: { binding, store: "kv", operation },
      ended(_, ending) {
        count(`kv_${operation}s_total`);
        if ("error" in ending) count("kv_errors_total");
      },
    }),
    context,
  );
}
