/** Queues: a message has no headers, so its body carries the request that it comes from. */

import type { Context } from "../context.ts";
import { isRequestId, type Origin, originOf } from "../request.ts";
import { replacing, watch } from "./call.ts";

/** A body as it travels. Who sends and who receives with `observe` sees the inner body alone. */
interface Wrapped {
  readonly request_id: string;
  readonly tenant_id: string;
  readonly route: string;
  readonly body: unknown;
}
type Sent = MessageSendRequest<unknown>;

export function observeQueue(queue: Queue, binding: string, context: Context): Queue {
  const watched = (name: string) => ({ message: `queue ${name}`, metadata: { binding } as const });
  const wrap = (body: unknown, options?: QueueSendOptions): unknown => wrapped(body, options?.contentType, context.origin);
  return replacing(queue, {
    send: (body: unknown, ...options: [QueueSendOptions?]) =>
      watch(context, watched("send"), () => queue.send(wrap(body, options[0]), ...options)),
    sendBatch: (messages: Iterable<Sent>, ...options: [QueueSendBatchOptions?]) => {
      const all = Array.from(messages, (message) => ({ ...message, body: wrap(message.body, message) }));
      return watch(context, watched("sendBatch"), () => queue.sendBatch(all, ...options));
    },
  });
}

/** Texts and bytes cannot be wrapped: they go as they are, and without the id. */
function wrapped(body: unknown, contentType: string | undefined, { requestId, tenantId, route }: Origin): unknown {
  if (contentType === "text" || contentType === "bytes") return body;
  return { request_id: requestId, tenant_id: tenantId, route, body } satisfies Wrapped;
}

/** The origin and the body of a message; of another producer's, the body as it came, and no origin. */
export function unwrapped(message: unknown): { origin?: Origin; body: unknown } {
  const { request_id: requestId, tenant_id: tenantId, route, body, ...others } = (message ?? {}) as Partial<Wrapped>;
  const isWrapped = isRequestId(requestId) && tenantId && route && !Object.keys(others).length;
  return isWrapped ? { origin: originOf({ requestId, tenantId, route }), body } : { body: message };
}
