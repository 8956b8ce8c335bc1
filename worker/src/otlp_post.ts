/** Posts export requests to a collector. */

import { EncodeBuffer } from "./encode_buffer.ts";
import { ProtobufEncoder } from "./otlp_protobuf.ts";
import { hintFor, type OtlpTarget } from "./otlp_target.ts";

/** Why a collector did not accept an export. */
export interface ExportError {
  readonly status?: number;
  readonly reason: string;
  readonly hint: string;
  /** How long the collector asks the exporter to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}
export type ExportResult = ExportError | undefined;

export const MAX_RETRY_AFTER_MS = 5 * 60_000;
/** Compressing a smaller body costs more than it saves. */
const MIN_COMPRESSED_LENGTH = 1_024;
/** How much of an error response is read: enough for the reason. */
const MAX_EXCERPT_BYTES = 300;
/** How a response says in JSON, or in Protocol Buffers (field 1 of field 1), that it has rejected data points. */
const REJECTED = /"rejectedDataPoints":\s*"?[1-9]|^\n[^]{1,2}\x08[^\0]/;
const CONTROLS = /[\0-\x1f\ufffd]+/g;

/** Posts one request after the other, whose bytes are in the same buffers. */
export class OtlpPoster {
  readonly #json = new EncodeBuffer();
  readonly #protobuf = new ProtobufEncoder();

  /** Never throws, and follows no redirect, so that credentials are sent nowhere else. */
  async post(request: object, target: OtlpTarget, timeoutMs: number): Promise<ExportResult> {
    try {
      const headers = new Headers(target.headers);
      headers.set("content-type", target.isProtobuf ? "application/x-protobuf" : "application/json"); // with a charset, Prometheus rejects it
      const bytes = target.isProtobuf ? this.#protobuf.encode(request) : this.#json.encode(JSON.stringify(request));
      const isCompressed = target.isCompressed && bytes.length > MIN_COMPRESSED_LENGTH;
      if (isCompressed) headers.set("content-encoding", "gzip");
      const body = isCompressed ? await gzip(bytes) : bytes;
      const signal = AbortSignal.timeout(timeoutMs);
      return await errorOf(await target.fetch(target.url, { method: "POST", headers, body, signal, redirect: "manual" }), target);
    } catch (error) {
      return { reason: String(error), hint: hintFor(0, target, "") };
    }
  }
}

async function gzip(bytes: Uint8Array): Promise<ArrayBuffer> {
  const { readable, writable } = new CompressionStream("gzip");
  const compressed = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  await writer.write(bytes);
  await writer.close();
  return compressed;
}

async function errorOf(response: Response, target: OtlpTarget): Promise<ExportResult> {
  const { ok, status, headers } = response;
  const excerpt = await readExcerpt(response);
  if (ok && !REJECTED.test(excerpt)) return undefined;
  const hint = hintFor(status, target, headers.get("www-authenticate") ?? "");
  const reason = `${status} ${excerpt.replace(CONTROLS, " ").trim()}`;
  return { status, reason, hint, retryAfterMs: parseRetryAfter(headers.get("retry-after"), Date.now()) };
}

async function readExcerpt({ body }: Response): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value?.slice(0, MAX_EXCERPT_BYTES));
}

/** Returns the milliseconds of a Retry-After (RFC 9110, 10.2.3: seconds or a date), at most 5 minutes. */
export function parseRetryAfter(retryAfter: string | null, now: number): number {
  if (!retryAfter) return 0;
  const milliseconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  if (Number.isNaN(milliseconds)) return 0;
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, milliseconds));
}
