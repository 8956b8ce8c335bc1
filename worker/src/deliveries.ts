/** The messages that a consumer is given: each counts, and as an error where it is not acknowledged. */

import { storeOperation } from "./bindings/stores.ts";
import type { Context } from "./context.ts";

const { calls: RECEIVED, errors: ERRORS } = storeOperation("queues", "read");

type Methods<Receiver> = { readonly [Name in keyof Receiver]: (...args: never[]) => unknown };

export class Deliveries {
  readonly #contexts: readonly Context[];
  /** Whether a message was acknowledged or retried, by its place in the batch: what the handler said first counts. */
  readonly #isAcknowledged: (boolean | undefined)[] = [];

  /** `contexts` has the context of each message. */
  constructor(contexts: readonly Context[]) {
    this.#contexts = contexts;
  }

  /** Returns the methods of a message that decide what becomes of it. */
  methodsOf(message: Message, index: number): Methods<Pick<Message, "ack" | "retry">> {
    const note = (isAcknowledged: boolean): void => void (this.#isAcknowledged[index] ??= isAcknowledged);
    return {
      ack: () => (note(true), message.ack()),
      retry: (options?: QueueRetryOptions) => (note(false), message.retry(options)),
    };
  }

  /** Returns the methods of a batch that decide about the messages that are left. */
  methodsOfBatch(batch: MessageBatch): Methods<Pick<MessageBatch, "ackAll" | "retryAll">> {
    return {
      ackAll: () => (this.#noteAll(true), batch.ackAll()),
      retryAll: (options?: QueueRetryOptions) => (this.#noteAll(false), batch.retryAll(options)),
    };
  }

  /** Runs the handler, and counts the messages at its end. If it throws, those that it did not acknowledge are errors. */
  async countAround<Result>(handle: () => Promise<Result>): Promise<Result> {
    let hasReturned = false;
    try {
      const result = await handle();
      hasReturned = true;
      return result;
    } finally {
      this.#noteAll(hasReturned);
      this.#contexts.forEach(({ count }, index) => {
        if (RECEIVED) count(RECEIVED, 1);
        if (ERRORS && !this.#isAcknowledged[index]) count(ERRORS, 1);
      });
    }
  }

  #noteAll(isAcknowledged: boolean): void {
    for (let index = 0; index < this.#contexts.length; index++) this.#isAcknowledged[index] ??= isAcknowledged;
  }
}
