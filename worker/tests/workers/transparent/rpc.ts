/** A Worker that calls the methods of another one by RPC, bare or observed, and answers with what it sees. */

import { RpcTarget, WorkerEntrypoint } from "cloudflare:workers";
import { observe } from "../../../src/index.ts";

declare const OBSERVED: boolean;

class Counter extends RpcTarget {
  #count = 0;
  increment(by: number): number {
    return (this.#count += by);
  }
}

/** The other Worker. */
export class Methods extends WorkerEntrypoint {
  get version(): string {
    return "v1";
  }
  get nested(): object {
    return { deep: { name: "a property of a property" } };
  }
  override fetch(request: Request): Response {
    return new Response(`fetched ${new URL(request.url).pathname}`, { status: 202 });
  }
  add(a: number, b: number): number {
    return a + b;
  }
  user(): object {
    return { name: "Ada", bytes: new Uint8Array([1, 2]), at: new Date(0) };
  }
  counter(): Counter {
    return new Counter();
  }
  multiplier(by: number): (value: number) => number {
    return (value) => value * by;
  }
  call(callback: (value: number) => Promise<number>): Promise<number> {
    return callback(3);
  }
  stream(): ReadableStream {
    return new Response("a stream").body!;
  }
  response(): Response {
    return Response.json({ own: "kept" }, { status: 201, headers: { "x-own": "kept" } });
  }
  fail(): never {
    throw new RangeError("the method failed");
  }
}

const failureOf = (error: unknown): string => `${(error as Error).name}: ${(error as Error).message}`;
/** What a call that may throw at once does. */
const outcome = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return failureOf(error);
  }
};

/** A binding without types, as JavaScript has it. */
async function useService(service: any): Promise<unknown> {
  const seen: Record<string, unknown> = {
    add: await service.add(1, 2),
    version: await service.version,
    nested: await service.nested.deep.name,
    pipelined: await service.user().name,
    pipelinedCall: await service.counter().increment(2),
    user: await service.user(),
    function: await (await service.multiplier(3))(5),
    pipelinedFunction: await service.multiplier(3)(5),
    callback: await service.call(async (value: number) => value + 1),
    stream: await new Response(await service.stream()).text(),
    fetch: await outcome(async () => (await service.fetch("https://service/path")).text()),
    failure: await outcome(() => service.fail()),
    missing: await outcome(() => service.missing()),
    catch: await service.fail().catch(failureOf),
    finally: await outcome(() => service.add(1, 1).finally(() => undefined)),
    notCloneable: await outcome(() => service.call(Symbol("no"))),
    connect: await outcome(async () => [typeof service.connect, await service.connect("host:1").closed]),
    types: [typeof service, typeof service.add, String(service), Object.prototype.toString.call(service)],
    isItself: (await service) === service,
    promise: service.add(1, 1) instanceof Promise,
  };
  const response = await service.response();
  seen["response"] = [response.status, response.headers.get("x-own"), await response.json()];
  const counter = await service.counter();
  seen["counter"] = [await counter.increment(1), await counter.increment(1)];
  counter[Symbol.dispose]();
  seen["disposed"] = await outcome(() => counter.increment(1));
  return seen;
}

interface Bindings {
  readonly SERVICE: object;
}
const handle = async (_: Request, { SERVICE }: Bindings): Promise<Response> => Response.json(await useService(SERVICE));

export default OBSERVED ? observe<Bindings, "worker-api">({ service: "worker-api", fetch: handle }) : { fetch: handle };
