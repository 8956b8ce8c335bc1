import fc from "fast-check";
import { expect, test } from "vitest";
import { namesSecret, redactText } from "../src/redaction.ts";
import { worded } from "../src/words.ts";

const PATIENCE = 60_000;
const SECRET = "[redacted:named_secret]";

test.each([
  ["an object, in any case and spelling", { Authorization: "x", "SET-COOKIE": "x", apiKey: "x", userPassword: 1, n: 1 },
    { Authorization: SECRET, "SET-COOKIE": SECRET, apiKey: SECRET, userPassword: SECRET, n: 1 }],
  ["any depth", { a: [{ b: { cookie: { sid: "x" } } }] }, { a: [{ b: { cookie: SECRET } }] }],
  ["a list of headers", [...new Headers({ Authorization: "x", accept: "y" })], [["accept", "y"], ["authorization", SECRET]]],
  ["pairs", [["Cookie", "x"], ["accept", "y"]], [["Cookie", SECRET], ["accept", "y"]]],
  ["a flat list of names and values", ["Cookie", "x", "accept", "y"], ["Cookie", SECRET, "accept", "y"]],
  ["names and values in fields", [{ name: "Cookie", value: "x" }, { name: "accept", value: "y" }],
    [{ name: "Cookie", value: SECRET }, { name: "accept", value: "y" }]],
])("What a secret's name names is taken out of %s", (_, value, expected) => {
  expect(JSON.parse(worded(value))).toEqual(expected);
});

test("Keys are redacted as values are", () => {
  expect(worded({ "jane@example.com": 1, "a\nAKIAABCDEFGHIJKLMNOP": 2 })).toBe('{"[redacted:email]":1,"a\\n[redacted:api_key]":2}');
});

test("An error is redacted wherever it is, in its message, its stack and its causes", () => {
  const cause = new Error("of eve@example.com", { cause: new Error("of bob@example.com") });
  const told = worded({ deep: [new Error("of jane@example.com", { cause })] });
  expect(told).toMatch(/^\{"deep":\["Error: of \[redacted:email\]\\n {4}at /);
  expect(told.match(/of \[redacted:email\]/g)).toHaveLength(3);
  expect(told).not.toContain("example.com");
});

test.each(["password", "X-Api-Key", "refreshToken", "access_token", "sessionId", "PHPSESSID", "csrf-token", "Cookies"])(
  "%s is a secret's name",
  (name) => expect(namesSecret(name)).toBe(true),
);

test.each(["author", "tokens_input", "first_token_ms", "secretary", "cf_ray", "maxTokens", "keys"])(
  "%s is no secret's name",
  (name) => expect(namesSecret(name)).toBe(false),
);

// A version-4 UUID whose signs are mostly digits, as cards and telephone numbers are.
const sign = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(..."0123456789") }, fc.constantFrom(..."abcdef"));
const signs = (count: number) => fc.array(sign, { minLength: count, maxLength: count }).map((all) => all.join(""));
const uuid = fc
  .tuple(signs(8), signs(4), signs(3), fc.constantFrom("8", "9", "a", "b"), signs(3), signs(12))
  .map(([a, b, c, variant, d, e]) => `${a}-${b}-4${c}-${variant}${d}-${e}`);
const time = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });

test("A request's id is never mistaken for a secret, a card or a telephone number, nor is a time", () => {
  const runs = { numRuns: 4_000 };
  fc.assert(fc.property(uuid, (id) => redactText(id) === id), runs);
  fc.assert(fc.property(uuid, uuid, (id, other) => redactText(`${id} ${other}`) === `${id} ${other}`), runs);
  fc.assert(fc.property(uuid, time, (id, at) => redactText(`request ${id} at ${at.toISOString()}`).includes(id)), runs);
  fc.assert(fc.property(uuid, time, (id, at) => redactText(`${id} ${at.getTime()}`).startsWith(id)), runs);
  fc.assert(fc.property(time, (at) => redactText(at.toISOString()) === at.toISOString()), runs);
}, PATIENCE);
