/** Queues: a message has no headers, so its body contains the origin of the request that sends it. */

import type { Context } from "../context.ts";
import { runSafely } from "../diagnostics.ts";
import { isRequestId, type Origin } from "../origin.ts";
import { isProven, type KeyHolder, originText, proofOf, QUEUE_NAME } from "../trust.ts";
import { type MethodInstrumentation, observeMethods } from "./call.ts";
import { storeOperation } from "./stores.ts";

/** A body as it is sent. Senders and receivers that use `observe` see only the inner body. Its fields are the wire format. */
interface WrappedBody extends Origin {
  readonly body: unknown;
  readonly proof?: string;
}

const SENT = storeOperation("queues", "write");
const send: MethodInstrumentation<[unknown, QueueSendOptions?]> = {
  ...(SENT as object),
  argsWithOrigin: ([body, ...options], context) => [createWrap(context)(body, options[0]), ...options],
};
const sendBatch: MethodInstrumentation<[Iterable<MessageSendRequest>, QueueSendBatchOptions?]> = {
  ...(SENT as object),
  amount: ([messages]) => Array.from(messages).length,
  argsWithOrigin: ([messages, ...options], context) => {
    const wrap = createWrap(context);
    return [Array.from(messages, (message) => ({ ...message, body: wrap(message.body, message) })), ...options];
  },
};

export const observeQueue = observeMethods("queue", { send, sendBatch });

/** Texts and bytes cannot be wrapped: they are sent as they are, without the origin. */
function createWrap({ origin, service, env }: Context): (body: unknown, options?: QueueSendOptions) => unknown {
  const proof = runSafely(service, () => proofOf(originText(origin), QUEUE_NAME, { service, env: env as never }));
  return (body, { contentType } = {}) => {
    // the runtime refuses `undefined`
    if (contentType === "text" || contentType === "bytes" || body === undefined) return body;
    return { ...origin, ...(proof && { proof }), body } satisfies WrappedBody;
  };
}

/**
 * Returns the inner body of a message and the origin that it was sent with, if that was signed when the message was sent; of a
 * message that was not wrapped, the body as it came.
 */
export function unwrapMessage({ body: message, timestamp }: Message, holder: KeyHolder): { body: unknown; origin?: Origin } {
  const { body, requestId, tenantId, route, labels, proof, ...others } = Object(message) as WrappedBody;
  const isWrapped = isRequestId(requestId) && tenantId && route && Object.keys(others).length === 0;
  if (!isWrapped) return { body: message };
  const origin = { requestId, tenantId, route, ...(labels && { labels }) } as Origin;
  const isBelieved = runSafely(holder.service, () => isProven(originText(origin), QUEUE_NAME, proof, holder, timestamp.getTime()));
  return isBelieved ? { body, origin } : { body };
}
