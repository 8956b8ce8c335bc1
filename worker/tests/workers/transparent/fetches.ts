/** Requests that the handlers of the compared Workers send, each with what the server got, or with the exception. */

import type { Answer } from "./answers.ts";

type Use = (send: typeof fetch, upstream: string, request: Request) => Promise<Response>;

const utf8 = new TextEncoder();

/** A stream that the runtime does not know the length of. */
function parts(): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  void writer.write(utf8.encode("one;")).then(() => writer.write(utf8.encode("two"))).then(() => writer.close());
  return readable;
}

function fixedLength(): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(5);
  const writer = writable.getWriter();
  void writer.write(utf8.encode("fixed")).then(() => writer.close());
  return readable;
}

const POST = { method: "POST", headers: { "X-Own": "kept", "content-type": "text/plain" } };

const USES: Record<string, Use> = {
  url: (send, upstream) => send(`${upstream}/inspect?a=1`),
  "url object": (send, upstream) => send(new URL("/inspect", upstream)),
  text: (send, upstream) => send(`${upstream}/inspect`, { ...POST, body: "a text" }),
  form: (send, upstream) => send(`${upstream}/inspect`, { method: "POST", body: new URLSearchParams({ a: "1" }) }),
  request: (send, upstream) => send(new Request(`${upstream}/inspect`, { ...POST, body: "of a request" })),
  "request and init": (send, upstream) => send(new Request(`${upstream}/inspect`, { ...POST, body: "x" }), { headers: [["x-other", "1"]] }),
  "init is a request": (send, upstream) => send(`${upstream}/inspect`, new Request("https://other.example/", { ...POST, body: "of init" }) as RequestInit),
  "lower case": (send, upstream) => send(`${upstream}/inspect`, { method: "post", body: "x" }),
  parts: (send, upstream) => send(`${upstream}/inspect`, { ...POST, body: parts() }),
  "fixed length": (send, upstream) => send(`${upstream}/inspect`, { ...POST, body: fixedLength() }),
  forwarded: (send, upstream, request) => send(`${upstream}/inspect`, request as RequestInit),
  redirected: (send, upstream) => send(`${upstream}/again`, { ...POST, body: "sent twice" }),
  "redirected stream": (send, upstream) => send(`${upstream}/again`, { ...POST, body: parts() }),
  "redirect as answer": (send, upstream) => send(`${upstream}/again`, { redirect: "manual" }),
  "too many redirects": (send, upstream) => send(`${upstream}/endless`),
  "not an URL": (send) => send("not an url"),
  "not HTTP": (send) => send("ftp://host.example/"),
  "bad header": (send, upstream) => send(`${upstream}/inspect`, { headers: { "bad name": "x" } }),
  "body of GET": (send, upstream) => send(`${upstream}/inspect`, { body: "x" }),
  "used body": async (send, upstream) => {
    const request = new Request(`${upstream}/inspect`, { ...POST, body: "x" });
    const [first, used] = [await send(request), request.bodyUsed];
    await first.text();
    return send(request).catch((error: Error) => Response.json([used, error.name]));
  },
  aborted: (send, upstream) => send(`${upstream}/silent`, { signal: AbortSignal.timeout(50) }),
  "aborted before": (send, upstream) => send(`${upstream}/inspect`, { signal: AbortSignal.abort(new Error("no longer needed")) }),
  "aborted request": (send, upstream) => send(new Request(`${upstream}/silent`, { signal: AbortSignal.timeout(50) })),
  "body of an error": (send, upstream) => send(`${upstream}/inspect`, { ...POST, body: failing() }),
};

/** A body that fails after its first part; where streams have no constructors, one that is empty. */
function failing(): ReadableStream<Uint8Array> {
  try {
    return new ReadableStream({
      start: (controller) => controller.enqueue(utf8.encode("one;")),
      pull: () => Promise.reject(new Error("the body failed")),
    });
  } catch {
    return parts();
  }
}

/** The names of the uses. */
export const FETCHES = Object.keys(USES);

/** Answers with the body and status of what was fetched, or with the name and text of an exception, and how it was thrown. */
async function answerOf(use: Use, ...[request, { UPSTREAM, send = fetch }]: Parameters<Answer>): Promise<Response> {
  let promise: Promise<Response>;
  try {
    promise = use(send, UPSTREAM, request);
  } catch (error) {
    return Response.json({ synchronous: String(error) });
  }
  try {
    const { status, redirected, url, headers, body } = await promise;
    const text = await new Response(body).text();
    return Response.json({ status, redirected, url, location: headers.get("location"), text });
  } catch (error) {
    return Response.json({ error: String(error) });
  }
}

export const fetchAnswers: Record<string, Answer> = Object.fromEntries(
  Object.entries(USES).map(([name, use]) => [`/fetch/${encodeURIComponent(name)}`, (...args: Parameters<Answer>) => answerOf(use, ...args)]),
);
