/** The models, and how they are asked. Workers AI's gateway notes the tenant of each call. */

export const WRITER = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
export const EMBEDDER = "@cf/baai/bge-base-en-v1.5";

/** What a tenant's calls bear. */
export function gateway(tenant: string): { gateway: GatewayOptions } {
  return { gateway: { id: "workers", metadata: { tenant } } };
}

/** A text as a vector. */
export async function embedded(ai: Ai, tenant: string, text: string): Promise<number[]> {
  const answer = await ai.run(EMBEDDER, { text: [text] }, gateway(tenant));
  return ("data" in answer && answer.data?.[0]) || [];
}
