/** Retries: calls that repeat a failed call of the same request, to the same model with the same input. */

import { toText } from "../log_text.ts";

/** Returns what a call asks for, as text. Bytes count by their length, and of more than 500 values the first ones. */
export const asText = (model: string | undefined, inputs: unknown): string => toText([model, inputs], (text) => text);
