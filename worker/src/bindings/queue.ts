/** Queues: a message has no headers, so its body carries the request that it comes from. */

import { isRequestId, type Origin } from "../request.ts";
import { type Method, observing } from "./call.ts";

/** A body as it travels. Who sends and who receives with `observe` sees the inner body alone. */
interface Wrapped extends Origin {
  readonly body: unknown;
}

const send: Method<[unknown, QueueSendOptions?]> = {
  given: ([body, ...options], origin) => [wrapped(body, options[0], origin), ...options],
};
const sendBatch: Method<[Iterable<MessageSendRequest>, QueueSendBatchOptions?]> = {
  given: ([messages, ...options], origin) => [
    Array.from(messages, (message) => ({ ...message, body: wrapped(message.body, message, origin) })),
    ...options,
  ],
};

export const observeQueue = observing("queue", { send, sendBatch });

/** Texts and bytes cannot be wrapped: they go as they are, and without the id. */
function wrapped(body: unknown, { contentType }: QueueSendOptions = {}, origin: Origin): unknown {
  return contentType === "text" || contentType === "bytes" ? body : ({ ...origin, body } satisfies Wrapped);
}

/** The body of a message, and the origin that it was sent with; of another producer's, the body as it came. */
export function unwrapped(message: unknown): [body: unknown, origin?: Origin] {
  const { body, requestId, tenantId, route, ...others } = Object(message) as Wrapped;
  const isWrapped = isRequestId(requestId) && tenantId && route && !Object.keys(others).length;
  return isWrapped ? [body, { requestId, tenantId, route }] : [message];
}
