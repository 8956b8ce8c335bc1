/** What the compatibility date of a Worker allows. */

interface Runtime {
  readonly Cloudflare?: { readonly compatibilityFlags?: Readonly<Record<string, boolean>> };
}

const FLAGS = (globalThis as Runtime).Cloudflare?.compatibilityFlags;

/** The least date: from then on Durable Objects have methods, by which shards are reached. */
export const MINIMUM_DATE = "2024-04-03";

/** Returns whether a flag is set, by itself or by the date. A runtime that does not say so counts as having it. */
export const hasFlag = (name: "rpc" | "streams_enable_constructors"): boolean => FLAGS?.[name] !== false;
