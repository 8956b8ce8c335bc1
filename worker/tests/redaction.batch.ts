/** Redacts a JSON list of texts from standard input, for the comparison with Python. */

import { text } from "node:stream/consumers";
import { redactText } from "../src/redaction.ts";

const texts = JSON.parse(await text(process.stdin)) as string[];
process.stdout.write(JSON.stringify(texts.map((each) => redactText(each))));
