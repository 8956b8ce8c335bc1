/** Redaction of values with secret names, of keys and errors; request ids and times are never redacted. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { isSecretName, redactText } from "../src/redaction.ts";
import { toText } from "../src/log_text.ts";

const TIMEOUT_MS = 60_000;
const MARK = "[redacted:named_secret]";

test.each([
  ["an object, in any case and spelling", { Authorization: "x", "SET-COOKIE": "x", apiKey: "x", userPassword: 1, n: 1 },
    { Authorization: MARK, "SET-COOKIE": MARK, apiKey: MARK, userPassword: MARK, n: 1 }],
  ["nested values", { a: [{ b: { cookie: { sid: "x" } } }] }, { a: [{ b: { cookie: { sid: MARK } } }] }],
  ["a list, an object and a map's entries", { token: ["x", 7], credentials: { user: { id: 1, note: "x" } }, m: [...new Map([["password", "x"]])] },
    { token: [MARK, 7], credentials: { user: { id: 1, note: MARK } }, m: [["password", MARK]] }],
  ["an object with the fields header or Name, and Values", [{ header: "X-Auth-Key", value: "x" }, { Name: "Cookie", Values: ["x"] }],
    [{ header: "X-Auth-Key", value: MARK }, { Name: "Cookie", Values: [MARK] }]],
  ["a list of headers", [...new Headers({ Authorization: "x", accept: "y" })], [["accept", "y"], ["authorization", MARK]]],
  ["a list of pairs", [["Cookie", "x"], ["accept", "y"]], [["Cookie", MARK], ["accept", "y"]]],
  ["a flat list of names and values", ["Cookie", "x", "accept", "y"], ["Cookie", MARK, "accept", "y"]],
  ["objects with the fields name and value", [{ name: "Cookie", value: "x" }, { name: "accept", value: "y" }],
    [{ name: "Cookie", value: MARK }, { name: "accept", value: "y" }]],
])("values with a secret's name are redacted in %s", (_, value, expected) => {
  expect(JSON.parse(toText(value))).toEqual(expected);
});

test("numbers, booleans and null stay under names of counts and states, but not under those of passwords and ids", () => {
  const counts = { token_usage: { input: 12 }, max_tokens: 512, session_count: 3, token: 312, auth: true, cookie: null, secret: false };
  expect(JSON.parse(toText(counts))).toEqual(counts);
  expect(JSON.parse(toText({ passcode: 1234, sessionId: 12, apiKey: 1n }))).toEqual({ passcode: MARK, sessionId: MARK, apiKey: MARK });
});

test("keys are redacted like values", () => {
  expect(toText({ "jane@example.com": 1, "a\nAKIAABCDEFGHIJKLMNOP": 2 })).toBe('{"[redacted:email]":1,"a\\n[redacted:api_key]":2}');
});

test("a nested error is redacted in its message, its stack and its causes", () => {
  const cause = new Error("of eve@example.com", { cause: new Error("of bob@example.com") });
  const text = toText({ deep: [new Error("of jane@example.com", { cause })] });
  expect(text).toMatch(/^\{"deep":\["Error: of \[redacted:email\]\\n {4}at /);
  expect(text.match(/of \[redacted:email\]/g)).toHaveLength(3);
  expect(text).not.toContain("example.com");
});

test.each(["password", "X-Api-Key", "refreshToken", "access_token", "sessionId", "PHPSESSID", "csrf-token", "Cookies", "session_id", "sid", "jwt", "auth", "pwd", "passcode",
  "credentials", "bearer", "signing_key", "dsn", "connectionString", "sshKey", "csrf", "X-Auth-Key", "Ocp-Apim-Subscription-Key", "x-functions-key"])(
  "%s is a secret's name",
  (name) => expect(isSecretName(name)).toBe(true),
);

test.each(["author", "tokens_input", "first_token_ms", "secretary", "cf_ray", "maxTokens", "keys", "token_usage", "session_count", "bypass"])(
  "%s is not a secret's name",
  (name) => expect(isSecretName(name)).toBe(false),
);

// A version-4 UUID that consists mostly of digits, like card and telephone numbers.
const hexDigit = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(..."0123456789") }, fc.constantFrom(..."abcdef"));
const hexDigits = (count: number) => fc.array(hexDigit, { minLength: count, maxLength: count }).map((digits) => digits.join(""));
const uuid = fc
  .tuple(hexDigits(8), hexDigits(4), hexDigits(3), fc.constantFrom("8", "9", "a", "b"), hexDigits(3), hexDigits(12))
  .map(([a, b, c, variant, d, e]) => `${a}-${b}-4${c}-${variant}${d}-${e}`);
const time = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });

test("request ids and times are never redacted as secrets, card numbers or telephone numbers", () => {
  const runs = { numRuns: 4_000 };
  fc.assert(fc.property(uuid, (id) => redactText(id) === id), runs);
  fc.assert(fc.property(uuid, uuid, (id, other) => redactText(`${id} ${other}`) === `${id} ${other}`), runs);
  fc.assert(fc.property(uuid, time, (id, at) => redactText(`request ${id} at ${at.toISOString()}`).includes(id)), runs);
  fc.assert(fc.property(uuid, time, (id, at) => redactText(`${id} ${at.getTime()}`).startsWith(id)), runs);
  fc.assert(fc.property(time, (at) => redactText(at.toISOString()) === at.toISOString()), runs);
}, TIMEOUT_MS);
