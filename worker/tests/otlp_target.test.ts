/** The configuration of exports, by the OpenTelemetry specification of the OTLP exporter. */

import { expect, test } from "vitest";
import type { TelemetryEnv } from "../src/config.ts";
import { hintFor, readEndpoints, readTarget } from "../src/otlp_target.ts";

const BASE = "https://collector.example/api";
const headersOf = (env: TelemetryEnv): Record<string, string> => Object.fromEntries(readTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, ...env }).headers);

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }, "http://collector:4318/v1/metrics"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" }, "http://collector:4318/v1/metrics"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/mycollector/" }, "http://collector:4318/mycollector/v1/metrics"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: `${BASE}/otlp?tenant=1` }, `${BASE}/otlp/v1/metrics?tenant=1`],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${BASE}/own/` }, `${BASE}/own/`],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://collector:4318" }, "http://collector:4318/"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${BASE}/own` }, `${BASE}/own`],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "" }, `${BASE}/v1/metrics`],
])("%j exports to %s", (env, url) => {
  expect(readTarget(env).url).toBe(url);
});

test.each([
  ["Authorization=Basic%20dXNlcjpwYXNz", { authorization: "Basic dXNlcjpwYXNz" }],
  ["Authorization=Basic dXNlcjpwYXNzdw==", { authorization: "Basic dXNlcjpwYXNzdw==" }],
  [" CF-Access-Client-Id = a.access , CF-Access-Client-Secret=b%2Cc ", { "cf-access-client-id": "a.access", "cf-access-client-secret": "b,c" }],
  ["X-Scope-OrgID=100%", { "x-scope-orgid": "100%" }],
  ["a=1,,", { a: "1" }],
  ["", {}],
])("the headers %j are percent-decoded", (value, headers) => {
  expect(headersOf({ OTEL_EXPORTER_OTLP_HEADERS: value })).toEqual(headers);
});

test("the headers of metrics win over those of all signals", () => {
  expect(headersOf({ OTEL_EXPORTER_OTLP_HEADERS: "a=1", OTEL_EXPORTER_OTLP_METRICS_HEADERS: "b=2" })).toEqual({ b: "2" });
});

test("user and password of the URL become Basic credentials, and leave the URL; a header wins", () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:p%40ss@collector.example" };
  const { url, headers } = readTarget(env);
  expect([url, headers.get("authorization")]).toEqual(["https://collector.example/v1/metrics", `Basic ${btoa("user:p@ss")}`]);
  expect(headersOf({ ...env, OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20x" })).toEqual({ authorization: "Bearer x" });
});

test("timeouts are milliseconds, 10 seconds by default, and that of metrics wins", () => {
  const timeoutOf = (env: TelemetryEnv): number => readTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, ...env }).timeoutMs;
  expect(timeoutOf({})).toBe(10_000);
  expect(timeoutOf({ OTEL_EXPORTER_OTLP_TIMEOUT: "2500" })).toBe(2_500);
  expect(timeoutOf({ OTEL_EXPORTER_OTLP_TIMEOUT: "2500", OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: 300 })).toBe(300);
});

test("a binding is the transport, with the URL and headers of the variables", async () => {
  const calls: unknown[] = [];
  const binding = { fetch: async (...args: unknown[]) => (calls.push(args), new Response()) };
  const { url, fetch } = readTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, TELEMETRY_COLLECTOR: binding as never });
  await fetch(url, { method: "POST" });
  expect(calls).toEqual([[`${BASE}/v1/metrics`, { method: "POST" }]]);
});

test.each([
  [{}, "OTEL_EXPORTER_OTLP_ENDPOINT is not set"],
  [{ OTLP_URL: BASE }, "OTLP_URL is gone; set OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTLP_TOKEN: "s3cret" }, "OTLP_TOKEN is gone; set the secret OTEL_EXPORTER_OTLP_HEADERS"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" }, "OTEL_EXPORTER_OTLP_ENDPOINT: not a URL of http or https"],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "s3cret" }, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: not a URL"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "OTEL_EXPORTER_OTLP_PROTOCOL: use http/json or http/protobuf"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_HEADERS: "Bearer s3cret" }, "a space is %20"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_HEADERS: "a=s3cret%0Ax" }, "a space is %20"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_TIMEOUT: "10s" }, "OTEL_EXPORTER_OTLP_TIMEOUT: use milliseconds above 0"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_COMPRESSION: "zstd" }, "use gzip or none"],
])("%j is an error that says what to change, and quotes no value", (env, message) => {
  expect(() => readTarget(env)).toThrow(message);
  expect(() => readTarget(env)).not.toThrow("s3cret");
});

test.each([
  [401, "", "", "set OTEL_EXPORTER_OTLP_HEADERS"],
  [401, "Authorization=Bearer%20x", 'Basic realm="prometheus"', "it asks for Basic, and Bearer was sent"],
  [401, "Authorization=Basic%20x", 'Basic realm="prometheus"', "check OTEL_EXPORTER_OTLP_HEADERS"],
  [403, "CF-Access-Client-Id=x", "", "check OTEL_EXPORTER_OTLP_HEADERS"],
  [302, "", "", "CF-Access-Client-Id"],
  [404, "", "", "nothing accepts OTLP at collector.example/api/v1/metrics; /v1/metrics is appended to OTEL_EXPORTER_OTLP_ENDPOINT"],
  [415, "", "", "set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf or http/json"],
  [429, "", "", "raise TELEMETRY_PUSH_MS"],
  [500, "", "", "see its log"],
  [0, "", "", "check that it is running"],
])("status %i with headers %j and challenge %j: %s", (status, headers, challenge, hint) => {
  const target = readTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, OTEL_EXPORTER_OTLP_HEADERS: headers });
  expect(hintFor(status, target, challenge)).toContain(hint);
});

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }, true],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf", OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json" }, false],
])("with %j requests are Protocol Buffers: %s", (env, isProtobuf) => {
  expect(readTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: BASE, ...env }).isProtobuf).toBe(isProtobuf);
});

const PAIR = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:pass@first.example",
  OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20first",
  OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
  OTEL_EXPORTER_OTLP_COMPRESSION: "none",
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT_3: "https://third.example/own",
};

test("a further endpoint has headers of its own, and the first one's other settings where it has none", () => {
  const { url, headers, timeoutMs, isCompressed, isProtobuf } = readTarget(PAIR, "_3");
  expect([url, [...headers], timeoutMs, isCompressed, isProtobuf]).toEqual(["https://third.example/own", [], 2_500, false, true]);
  const own = { OTEL_EXPORTER_OTLP_HEADERS_3: "a=1", OTEL_EXPORTER_OTLP_TIMEOUT_3: 100, OTEL_EXPORTER_OTLP_PROTOCOL_3: "http/json", OTEL_EXPORTER_OTLP_COMPRESSION_3: "gzip" };
  const third = readTarget({ ...PAIR, ...own }, "_3");
  expect([[...third.headers], third.timeoutMs, third.isCompressed, third.isProtobuf]).toEqual([[["a", "1"]], 100, true, false]);
});

test.each([
  [{}, [""], []],
  [PAIR, ["", "_3"], []],
  [{ ...PAIR, OTEL_EXPORTER_OTLP_ENDPOINT_2: "" }, ["", "_3"], []],
  [{ OTEL_EXPORTER_OTLP_HEADERS_2: "a=1", TELEMETRY_COLLECTOR_4: {} }, ["", "_2", "_4"], []],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT_5: BASE, OTEL_EXPORTER_OTLP_HEADERS_1: "s3cret" }, [""], ["OTEL_EXPORTER_OTLP_ENDPOINT_5: no such endpoint; further ones end with _2, _3 or _4.", "OTEL_EXPORTER_OTLP_HEADERS_1: no such endpoint; further ones end with _2, _3 or _4."]],
])("%j: the endpoints are %j, and the problems %j", (env, suffixes, problems) => {
  expect(readEndpoints(env as never)).toEqual({ suffixes, problems });
});

test("errors and hints name the variables of the endpoint", () => {
  expect(() => readTarget({ ...PAIR, OTEL_EXPORTER_OTLP_HEADERS_2: "a=1" }, "_2")).toThrow("OTEL_EXPORTER_OTLP_ENDPOINT_2 is not set; use the collector's URL");
  expect(() => readTarget({ ...PAIR, OTEL_EXPORTER_OTLP_HEADERS_3: "s3cret" }, "_3")).toThrow("OTEL_EXPORTER_OTLP_HEADERS_3: use name=value");
  expect(hintFor(401, readTarget(PAIR, "_3"), "")).toContain("set OTEL_EXPORTER_OTLP_HEADERS_3");
  expect(hintFor(0, readTarget(PAIR, "_3"), "")).toContain("OTEL_EXPORTER_OTLP_ENDPOINT_3 points to it");
});
