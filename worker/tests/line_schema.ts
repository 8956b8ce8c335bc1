import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import schema from "../../out/contract/log.schema.json";

const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

/** What the shipped schema finds wrong with a line of text; nothing if it is one valid line. */
export function faultsOf(text: string): string[] {
  if (/[\n\r\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return ["more than one line, or controls in it"];
  validate(JSON.parse(text));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
