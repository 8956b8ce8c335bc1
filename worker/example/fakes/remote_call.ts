/**
 * A call that Cloudflare's shims send to the remote side of a binding in local development: the request is forwarded
 * over HTTP, with its URL in `MF-URL`, the binding's name in `MF-Binding`, and its headers prefixed with `MF-Header-`.
 */

import type { IncomingMessage, ServerResponse } from "node:http";

export interface RemoteCall {
  readonly binding: string;
  readonly url: URL;
  readonly body: string;
  header(name: string): string;
}

/** Parses the call that a request forwards. */
export async function parseRemoteCall(request: IncomingMessage): Promise<RemoteCall> {
  const header = (name: string): string => String(request.headers[name.toLowerCase()] ?? "");
  return {
    binding: header("MF-Binding"),
    url: new URL(header("MF-URL")),
    body: await readBody(request),
    header: (name) => header(`MF-Header-${name}`),
  };
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Sends JSON. The shim of Workers AI parses a response only if its content type is exactly this one. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
