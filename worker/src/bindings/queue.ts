/** Queues: a message has no headers, so its body contains the origin of the request that sends it. */

import { isRequestId, type Origin } from "../origin.ts";
import { type MethodInstrumentation, observeMethods } from "./call.ts";

/** A body as it is sent. Senders and receivers that use `observe` see only the inner body. Its fields are the wire format. */
interface WrappedBody extends Origin {
  readonly body: unknown;
}

const send: MethodInstrumentation<[unknown, QueueSendOptions?]> = {
  argsWithOrigin: ([body, ...options], origin) => [wrapBody(body, options[0], origin), ...options],
};
const sendBatch: MethodInstrumentation<[Iterable<MessageSendRequest>, QueueSendBatchOptions?]> = {
  argsWithOrigin: ([messages, ...options], origin) => [
    Array.from(messages, (message) => ({ ...message, body: wrapBody(message.body, message, origin) })),
    ...options,
  ],
};

export const observeQueue = observeMethods("queue", { send, sendBatch });

/** Texts and bytes cannot be wrapped: they are sent as they are, without the origin. */
function wrapBody(body: unknown, { contentType }: QueueSendOptions = {}, origin: Origin): unknown {
  if (contentType === "text" || contentType === "bytes") return body;
  return { ...origin, body } satisfies WrappedBody;
}

/** Returns the inner body of a message and the origin that it was sent with; of any other message, the body as it came. */
export function unwrapMessage(message: unknown): { body: unknown; origin?: Origin } {
  const { body, requestId, tenantId, route, labels, ...others } = Object(message) as WrappedBody;
  const isWrapped = isRequestId(requestId) && tenantId && route && Object.keys(others).length === 0;
  return isWrapped ? { body, origin: { requestId, tenantId, route, ...(labels && { labels }) } } : { body: message };
}
