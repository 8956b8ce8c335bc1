/** A Worker as its wrangler.jsonc declares it, for miniflare: what runs here is what would be deployed. */

import { readFileSync } from "node:fs";

import type { WorkerOptions } from "miniflare";

interface Declared {
  readonly name: string;
  readonly main: string;
  readonly compatibility_date: string;
  readonly vars?: Readonly<Record<string, string | number>>;
  readonly durable_objects?: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] };
  readonly ai?: { readonly binding: string };
  readonly vectorize?: readonly { readonly binding: string; readonly index_name: string }[];
  readonly kv_namespaces?: readonly { readonly binding: string; readonly id: string }[];
  readonly services?: readonly { readonly binding: string; readonly service: string; readonly entrypoint?: string }[];
  readonly queues?: {
    readonly producers?: readonly { readonly binding: string; readonly queue: string }[];
    readonly consumers?: readonly Consumer[];
  };
}

interface Consumer {
  readonly queue: string;
  readonly max_batch_size: number;
  readonly max_batch_timeout: number;
  readonly max_retries: number;
}

/** The declaration in a folder. Comments there have lines of their own. */
export function declared(folder: URL): Declared {
  const text = readFileSync(new URL("wrangler.jsonc", folder), "utf8");
  return JSON.parse(text.replace(/^\s*\/\/.*$/gmu, "")) as Declared;
}

/** The options that make miniflare run it: `script` is its code, `remote` the fakes, `vars` what is set otherwise. */
export function options(worker: Declared, script: string, remote: URL, vars: Record<string, string>): WorkerOptions {
  return {
    name: worker.name,
    modules: [{ type: "ESModule", path: `${worker.name}.js`, contents: script }],
    compatibilityDate: worker.compatibility_date,
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    bindings: { ...worker.vars, ...vars },
    ...stored(worker),
    ...passed(worker),
    ...proxied(worker, remote),
  };
}

function stored({ durable_objects, kv_namespaces = [] }: Declared): Partial<WorkerOptions> {
  const objects = (durable_objects?.bindings ?? []).map(
    ({ name, class_name }) => [name, { className: class_name, useSQLite: true }] as const,
  );
  return {
    durableObjects: Object.fromEntries(objects),
    kvNamespaces: Object.fromEntries(kv_namespaces.map(({ binding, id }) => [binding, id])),
  };
}

function passed({ services = [], queues = {} }: Declared): Partial<WorkerOptions> {
  const { producers = [], consumers = [] } = queues;
  return {
    serviceBindings: Object.fromEntries(
      services.map(({ binding, service, entrypoint }) => [binding, { name: service, ...(entrypoint && { entrypoint }) }]),
    ),
    queueProducers: Object.fromEntries(producers.map(({ binding, queue }) => [binding, queue])),
    queueConsumers: Object.fromEntries(consumers.map((consumer) => [consumer.queue, pace(consumer)])),
  };
}

function pace({ max_batch_size, max_batch_timeout, max_retries }: Consumer) {
  return { maxBatchSize: max_batch_size, maxBatchTimeout: max_batch_timeout, maxRetries: max_retries };
}

/** Workers AI and Vectorize have no local simulation: Cloudflare's own shims speak to what answers at `remote`. */
function proxied({ ai, vectorize = [] }: Declared, remote: URL): Partial<WorkerOptions> {
  const remoteProxyConnectionString = remote as NonNullable<WorkerOptions["ai"]>["remoteProxyConnectionString"];
  return {
    ...(ai && { ai: { binding: ai.binding, remoteProxyConnectionString } }),
    vectorize: Object.fromEntries(
      vectorize.map(({ binding, index_name }) => [binding, { index_name, remoteProxyConnectionString }]),
    ),
  } as Partial<WorkerOptions>;
}
