/** Queues: a message has no headers, so its body contains the origin of the request that sends it. */

import type { Context } from "../context.ts";
import { runSafely } from "../diagnostics.ts";
import { isRequestId, type Origin } from "../origin.ts";
import { isProven, type KeyHolder, originText, proofOf, QUEUE_NAME } from "../trust.ts";
import { type MethodInstrumentation, observeMethods } from "./call.ts";
import { storeOperation } from "./stores.ts";

/**
 * A body as it is sent. Senders and receivers that use `observe` see only the inner body. Its fields are the wire format: the span id is
 * one of the labels, because consumers of an earlier version take a body with other fields for one that is not wrapped.
 */
interface WrappedBody extends Omit<Origin, "labels" | "spanId"> {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly body: unknown;
  readonly proof?: string;
}

const SENT = storeOperation("queues", "write");
const send: MethodInstrumentation<[unknown, QueueSendOptions?]> = {
  ...(SENT as object),
  argsWithOrigin: ([body, ...options], context, origin) => [createWrap(context, origin)(body, options[0]), ...options],
};
const sendBatch: MethodInstrumentation<[Iterable<MessageSendRequest>, QueueSendBatchOptions?]> = {
  ...(SENT as object),
  amount: ([messages]) => Array.from(messages).length,
  argsWithOrigin: ([messages, ...options], context, origin) => {
    const wrap = createWrap(context, origin);
    return [Array.from(messages, (message) => ({ ...message, body: wrap(message.body, message) })), ...options];
  },
};

export const observeQueue = observeMethods("queue", { send, sendBatch });

/** Texts and bytes cannot be wrapped: they are sent as they are, without the origin. */
function createWrap({ service, env }: Context, origin: Origin): (body: unknown, options?: QueueSendOptions) => unknown {
  const { spanId, labels, ...names } = origin;
  const sent: WrappedBody["labels"] = spanId ? { ...labels, spanId } : labels;
  const proof = runSafely(service, () => proofOf(originText(origin), QUEUE_NAME, { service, env: env as never }));
  return (body, { contentType } = {}) => {
    // the runtime refuses `undefined`
    if (contentType === "text" || contentType === "bytes" || body === undefined) return body;
    return { ...names, ...(sent && { labels: sent }), ...(proof && { proof }), body } satisfies WrappedBody;
  };
}

/**
 * Returns the inner body of a message and the origin that it was sent with, if that was signed when the message was sent; of a
 * message that was not wrapped, the body as it came.
 */
export function unwrapMessage({ body: message, timestamp }: Message, holder: KeyHolder): { body: unknown; origin?: Origin } {
  const { body, requestId, tenantId, route, labels: sent, proof, ...others } = Object(message) as WrappedBody;
  const isWrapped = isRequestId(requestId) && tenantId && route && Object.keys(others).length === 0;
  if (!isWrapped) return { body: message };
  const { spanId, ...labels } = sent ?? {};
  const hasLabels = Object.keys(labels).length > 0;
  const origin = { requestId, tenantId, route, ...(spanId && { spanId }), ...(hasLabels && { labels }) } as Origin;
  const isBelieved = runSafely(holder.service, () => isProven(originText(origin), QUEUE_NAME, proof, holder, timestamp.getTime()));
  return isBelieved ? { body, origin } : { body };
}
