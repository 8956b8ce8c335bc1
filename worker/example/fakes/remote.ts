/**
 * A call as Cloudflare's own shims send it to the remote side of a binding in local development: the request is
 * forwarded over HTTP, its address in `MF-URL`, the binding's name in `MF-Binding`, its headers behind `MF-Header-`.
 */

import type { IncomingMessage, ServerResponse } from "node:http";

export interface Forwarded {
  readonly binding: string;
  readonly url: URL;
  readonly body: string;
  header(name: string): string;
}

/** The call that a request forwards. */
export async function forwarded(request: IncomingMessage): Promise<Forwarded> {
  const said = (name: string): string => String(request.headers[name.toLowerCase()] ?? "");
  return {
    binding: said("MF-Binding"),
    url: new URL(said("MF-URL")),
    body: await text(request),
    header: (name) => said(`MF-Header-${name}`),
  };
}

/** A request's body. */
export async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** Workers AI's shim parses an answer only where its type is exactly this. */
export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
