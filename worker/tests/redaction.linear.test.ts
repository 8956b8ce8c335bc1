/** Redaction takes linear time for repetitive inputs that would make patterns backtrack. */

import { expect, test } from "vitest";
import { redactText } from "../src/redaction.ts";

// For 16 times the text, linear work grows about 16 times and quadratic work 256 times; the limit lies between them.
const FACTOR = 16;
const GROWTH_LIMIT = 64;
const TIMEOUT_MS = 60_000;
const CHARACTERS = 1 << 13;

const REPEATED = [
  "a", "@", "a@", "a.", "a@a.", `a@${`${"b".repeat(60)}.`.repeat(8)}`, "%40", "a%40a.", "1 1 ", "4", "4444 ", "4444-",
  "4444444444444441-1-1-1 ", "+1", "+1 ( ", "00491", "123-45-678", "::", "a:", "abcd:", "a:a:a:a:a:a:a::a:a:a:a:a:a:a:g ",
  "1::1.1.1.", "255.255.255.255.", "1.", "AA11", "AA11 AAAA ", "AA11 AAAA BBBB CCCC DDDD EEEE FFFF GGGG ", "eyJ", "-eyJ",
  "-eyJaaaaaaa ", "://", "://a:", `://${"u".repeat(500)}`, "Bearer ", "bearer a", "token ", "token=", 'token="', "password\\",
  'token:\\\\\\\\\\\\"', "cookie:\n", "cookie: [redacted:", "sk-", "ghp_a", "SG.aaaaaaaaaaaaaaaa.", "gla-", "a_", "aB3_", "aB3-", `a_${"aB3".repeat(9)}.`, `a_${"a".repeat(31)}`, "12345678:A", "aa1Q~", "dp.a.", "-", " ", "\n", '"', "\\",
  "token=1 ", "token: a ", "token:[", "token:{a:1,", "token:[\\", "password='a\\'", "value:\"a\",", "[\"token\",", "sid=a&", "password: |\n a\n", "token:\n- a\n", "--token ", "phone 1 ", "call 12 34 ", "nl44 rabo 0123 4567 88 ",
  "\u00ad", "pass\u00adword=a ", "\uff15", "%41", "token>", "token_a", "[redacted:a]",
  "_", "é", "😀", "\ud800", "-----BEGIN A PRIVATE KEY", `-----BEGIN ${"A".repeat(40)} `, "-----BEGIN PRIVATE KEY-----END ",
];

test("the measurement detects a pattern with quadratic work", () => {
  expect(growth("a", (text) => text.replace(/a+!/g, ""), 1 << 10)).toBeGreaterThan(GROWTH_LIMIT);
}, TIMEOUT_MS);

test.each(REPEATED)("redaction takes linear time for repetitions of %j", (repeated) => {
  expect(growth(repeated, redactText)).toBeLessThan(GROWTH_LIMIT);
}, TIMEOUT_MS);

/** Returns how many times more work a run needs for a text that is `FACTOR` times longer. */
function growth(repeated: string, run: (text: string) => unknown, characters = CHARACTERS): number {
  const short = repeated.repeat(Math.ceil(characters / repeated.length));
  const [shortWork, longWork] = [short, short.repeat(FACTOR)].map((text) => work(() => run(text)));
  return (longWork as number) / (shortWork as number);
}

/** Returns the minimum CPU time of several runs in microseconds; other processes do not affect it. */
function work(run: () => unknown): number {
  const costs = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return user + system;
  });
  return Math.max(Math.min(...costs), 50);
}
