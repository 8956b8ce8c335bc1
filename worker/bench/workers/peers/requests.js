/** The request of the comparison, which reads once from KV, and the Worker that sends many of them to a handler. */

/** A KV namespace that answers at once, so that only the cost of observing is measured. */
const KV = {
  get: async () => "hello",
  getWithMetadata: async () => ({ value: "hello", metadata: null }),
  list: async () => ({ keys: [], list_complete: true }),
  put: async () => undefined,
  delete: async () => undefined,
};

export const respond = async (_, env) => new Response(await env.KV.get("key"));

/** Returns a Worker that sends as many requests as the query says to a handler, one after the other. */
export const sendingTo = (handler) => ({
  async fetch(request, env, ctx) {
    for (let remaining = Number(new URL(request.url).searchParams.get("requests")); remaining > 0; remaining--) {
      const chat = new Request("https://worker.example/chat", { headers: { "x-tenant-id": "acme" } });
      await (await handler(chat, { ...env, KV }, ctx)).text();
    }
    return new Response();
  },
});
