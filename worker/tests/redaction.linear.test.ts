import { expect, test } from "vitest";
import { redactText } from "../src/redaction.ts";

// Sixteen times the text costs about 16 times the work where work is linear, and 256 times where it is quadratic.
const TIMES = 16;
const BETWEEN = 64;
const PATIENCE = 60_000;
const CHARACTERS = 1 << 13;

const REPEATED = [
  "a", "@", "a@", "a.", "a@a.", `a@${`${"b".repeat(60)}.`.repeat(8)}`, "%40", "a%40a.", "1 1 ", "4", "4444 ", "4444-",
  "4444444444444441-1-1-1 ", "+1", "+1 ( ", "00491", "123-45-678", "::", "a:", "abcd:", "a:a:a:a:a:a:a::a:a:a:a:a:a:a:g ",
  "1::1.1.1.", "255.255.255.255.", "1.", "AA11", "AA11 AAAA ", "AA11 AAAA BBBB CCCC DDDD EEEE FFFF GGGG ", "eyJ", "-eyJ",
  "-eyJaaaaaaa ", "://", "://a:", `://${"u".repeat(500)}`, "Bearer ", "bearer a", "token ", "token=", 'token="', "password\\",
  'token:\\\\\\\\\\\\"', "cookie:\n", "cookie: [redacted:", "sk-", "ghp_a", "SG.aaaaaaaaaaaaaaaa.", "-", " ", "\n", '"', "\\",
  "_", "é", "😀", "\ud800", "-----BEGIN A PRIVATE KEY", `-----BEGIN ${"A".repeat(40)} `, "-----BEGIN PRIVATE KEY-----END ",
];

test("The measure tells a pattern whose work is quadratic", () => {
  expect(growth("a", (text) => text.replace(/a+!/g, ""), 1 << 10)).toBeGreaterThan(BETWEEN);
}, PATIENCE);

test.each(REPEATED)("Work grows with the text's length alone on repetitions of %j", (repeated) => {
  expect(growth(repeated, redactText)).toBeLessThan(BETWEEN);
}, PATIENCE);

function growth(repeated: string, run: (text: string) => unknown, characters = CHARACTERS): number {
  const short = repeated.repeat(Math.ceil(characters / repeated.length));
  const [few, many] = [short, short.repeat(TIMES)].map((text) => work(() => run(text)));
  return (many as number) / (few as number);
}

/** The least that some runs cost, in microseconds of this process alone: what else the machine does is not in it. */
function work(run: () => unknown): number {
  const costs = Array.from({ length: 5 }, () => {
    const begun = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  });
  return Math.max(Math.min(...costs), 50);
}
