/** Translates a Worker's wrangler.jsonc into options of Miniflare, so that the local Worker is configured like the deployed one. */

import { readFileSync } from "node:fs";

import type { WorkerOptions } from "miniflare";

interface WranglerConfig {
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
    readonly consumers?: readonly QueueConsumer[];
  };
}

interface QueueConsumer {
  readonly queue: string;
  readonly max_batch_size: number;
  readonly max_batch_timeout: number;
  readonly max_retries: number;
}

/** Reads the wrangler.jsonc of a folder. It supports only comments on their own lines. */
export function readWranglerConfig(folder: URL): WranglerConfig {
  const text = readFileSync(new URL("wrangler.jsonc", folder), "utf8");
  return JSON.parse(text.replace(/^\s*\/\/.*$/gmu, "")) as WranglerConfig;
}

/** Returns the options that make Miniflare run a Worker: `script` is its code, `remote` the URL of the fakes, `vars` override its variables. */
export function workerOptions(config: WranglerConfig, script: string, remote: URL, vars: Record<string, string>): WorkerOptions {
  return {
    name: config.name,
    modules: [{ type: "ESModule", path: `${config.name}.js`, contents: script }],
    compatibilityDate: config.compatibility_date,
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    bindings: { ...config.vars, ...vars },
    ...storageOptions(config),
    ...messagingOptions(config),
    ...remoteOptions(config, remote),
  };
}

function storageOptions({ durable_objects, kv_namespaces = [] }: WranglerConfig): Partial<WorkerOptions> {
  const objects = (durable_objects?.bindings ?? []).map(
    ({ name, class_name }) => [name, { className: class_name, useSQLite: true }] as const,
  );
  return {
    durableObjects: Object.fromEntries(objects),
    kvNamespaces: Object.fromEntries(kv_namespaces.map(({ binding, id }) => [binding, id])),
  };
}

function messagingOptions({ services = [], queues = {} }: WranglerConfig): Partial<WorkerOptions> {
  const { producers = [], consumers = [] } = queues;
  return {
    serviceBindings: Object.fromEntries(
      services.map(({ binding, service, entrypoint }) => [binding, { name: service, ...(entrypoint && { entrypoint }) }]),
    ),
    queueProducers: Object.fromEntries(producers.map(({ binding, queue }) => [binding, queue])),
    queueConsumers: Object.fromEntries(consumers.map((consumer) => [consumer.queue, consumerOptions(consumer)])),
  };
}

function consumerOptions({ max_batch_size, max_batch_timeout, max_retries }: QueueConsumer) {
  return { maxBatchSize: max_batch_size, maxBatchTimeout: max_batch_timeout, maxRetries: max_retries };
}

/** Workers AI and Vectorize have no local simulation: Cloudflare's own shims send their calls to `remote`. */
function remoteOptions({ ai, vectorize = [] }: WranglerConfig, remote: URL): Partial<WorkerOptions> {
  const remoteProxyConnectionString = remote as NonNullable<WorkerOptions["ai"]>["remoteProxyConnectionString"];
  return {
    ...(ai && { ai: { binding: ai.binding, remoteProxyConnectionString } }),
    vectorize: Object.fromEntries(
      vectorize.map(({ binding, index_name }) => [binding, { index_name, remoteProxyConnectionString }]),
    ),
  } as Partial<WorkerOptions>;
}
