/** The remote sides of Workers AI and Vectorize on loopback, with a door for orders and books. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { ai } from "./ai.ts";
import { Books } from "./books.ts";
import { type Order, Orders } from "./orders.ts";
import { answer, forwarded, text } from "./remote.ts";
import { Index } from "./vectorize.ts";

export interface Fakes {
  /** As http://127.0.0.1:1234. */
  readonly url: string;
  close(): Promise<void>;
}

class Remotes {
  readonly #books = new Books();
  readonly #orders = new Orders();
  readonly #index = new Index(this.#books, this.#orders);

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/control/books") {
      answer(response, 200, this.#books.entries());
    } else if (request.url === "/control/orders") {
      this.#orders.replace(JSON.parse(await text(request)) as readonly Order[]);
      answer(response, 200, {});
    } else {
      const call = await forwarded(request);
      await (call.binding === "AI" ? ai(call, response, this.#books, this.#orders) : this.#index.take(call, response));
    }
  }
}

/** Start the fakes at a free port of 127.0.0.1. */
export async function startFakes(): Promise<Fakes> {
  const remotes = new Remotes();
  const server = createServer((request, response) => {
    remotes.take(request, response).catch((error: unknown) => {
      console.error(`fakes: ${request.method} ${request.url}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else answer(response, 500, { error: String(error) });
    });
  });
  // Shims open a WebSocket for RPC beside each call; neither binding uses it.
  server.on("upgrade", (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}
