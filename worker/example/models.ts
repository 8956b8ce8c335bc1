/** The models, and the options of calls to them. AI Gateway records the tenant of each call as metadata. */

export const CHAT_MODEL = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
export const EMBEDDING_MODEL = "@cf/baai/bge-base-en-v1.5";

/** Returns the options for a tenant's calls. */
export function gatewayOptions(tenant: string): { gateway: GatewayOptions } {
  return { gateway: { id: "workers", metadata: { tenant } } };
}

/** Returns the embedding vector of a text. */
export async function embed(ai: Ai, tenant: string, text: string): Promise<number[]> {
  const output = await ai.run(EMBEDDING_MODEL, { text: [text] }, gatewayOptions(tenant));
  return ("data" in output && output.data?.[0]) || [];
}
