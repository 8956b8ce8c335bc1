/** Validates log lines against the shipped JSON Schema. */

import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import schema from "./contract/log.schema.json";

const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

/** Returns the schema violations of a log line; the list is empty for one valid line. */
export function schemaErrors(text: string): string[] {
  if (/[\n\r\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return ["more than one line, or contains control characters"];
  validate(JSON.parse(text));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
