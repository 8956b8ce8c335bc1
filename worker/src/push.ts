/** One POST to a collector. */

/** Why a collector did not take what it was sent. */
export interface Refusal {
  readonly status?: number;
  readonly why: string;
  /** Milliseconds for which it wants to be left alone. */
  readonly pause: number;
}

/** Nothing to say where it was taken. */
export type Outcome = Refusal | undefined;

const LONGEST_PAUSE_MS = 5 * 60_000;
/** Below, compressing costs more than it saves. */
const SMALL = 1_024;
/** What is read of a refusal, in bytes: enough to say why. */
const EXCERPT = 300;

/** Where to push, with which token, and how many milliseconds to wait for the answer. */
export interface Collector {
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly patience: number;
}

/** Sends OTLP/JSON. Never throws, and follows no redirect, so that the token stays here. */
export async function post(text: string, { url, token, patience }: Collector): Promise<Outcome> {
  if (!url) return { why: "OTLP_URL is not set; set it to the collector's /v1/metrics", pause: 0 };
  try {
    const headers: Record<string, string> = { "content-type": "application/json" }; // a charset would be refused
    if (token) headers.authorization = `Bearer ${token.trim()}`; // one read from a file ends in a new line
    if (text.length > SMALL) headers["content-encoding"] = "gzip";
    const body = text.length > SMALL ? await gzip(text) : new TextEncoder().encode(text);
    const signal = AbortSignal.timeout(patience);
    return await refusalOf(await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" }));
  } catch (error) {
    return { why: String(error), pause: 0 };
  }
}

function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

async function refusalOf(response: Response): Promise<Outcome> {
  const excerpt = await beginningOf(response);
  const rejected = /"rejectedDataPoints":\s*"?[1-9]/.test(excerpt);
  if (response.ok && !rejected) return undefined;
  const pause = pauseOf(response.headers.get("retry-after"), Date.now());
  return { status: response.status, why: `${response.status} ${excerpt}`, pause };
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return new TextDecoder().decode(value?.slice(0, EXCERPT)).trim();
}

/** The milliseconds that a Retry-After asks for (RFC 9110, 10.2.3: seconds or a date), 5 minutes at the most. */
export function pauseOf(retryAfter: string | null, now: number): number {
  if (!retryAfter) return 0;
  const pause = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  return Math.min(LONGEST_PAUSE_MS, Math.max(0, pause || 0));
}
