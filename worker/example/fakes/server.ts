/** Serves the fakes of Workers AI and Vectorize on loopback, with endpoints to inject failures and to read the call counts. */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { respondAsAi } from "./ai.ts";
import { CallCounts } from "./call_counts.ts";
import { type Failure, FailureInjector } from "./failures.ts";
import { parseRemoteCall, readBody, sendJson } from "./remote_call.ts";
import { FakeVectorize } from "./vectorize.ts";

export interface Fakes {
  /** Such as http://127.0.0.1:1234. */
  readonly url: string;
  close(): Promise<void>;
}

class FakesServer {
  readonly #counts = new CallCounts();
  readonly #failures = new FailureInjector();
  readonly #vectorize = new FakeVectorize(this.#counts, this.#failures);

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/control/calls") {
      sendJson(response, 200, this.#counts.all());
    } else if (request.url === "/control/failures") {
      this.#failures.replace(JSON.parse(await readBody(request)) as readonly Failure[]);
      sendJson(response, 200, {});
    } else {
      const call = await parseRemoteCall(request);
      const isAi = call.binding === "AI";
      await (isAi ? respondAsAi(call, response, this.#counts, this.#failures) : this.#vectorize.respond(call, response));
    }
  }
}

/** Starts the fakes on a free port of 127.0.0.1. */
export async function startFakes(): Promise<Fakes> {
  const fakes = new FakesServer();
  const server = createServer((request, response) => {
    fakes.handle(request, response).catch((error: unknown) => {
      console.error(`fakes: ${request.method} ${request.url}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: String(error) });
    });
  });
  // The shims also open a WebSocket for RPC with each call; neither binding uses it.
  server.on("upgrade", (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}
