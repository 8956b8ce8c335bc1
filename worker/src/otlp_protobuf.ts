/** Writes an export request as Protocol Buffers: the fields of opentelemetry-proto 1 that `otlp.ts` uses, by their names in JSON. */

/** How a field's value is encoded. A list of numbers is packed into one field; a list of messages or texts is a field each. */
type Scalar = "text" | "double" | "fixed64" | "varint" | "doubles" | "fixed64s";
/** The fields of a message: their numbers and types. */
interface Message {
  readonly [name: string]: readonly [field: number, type: Scalar | Message];
}

const ATTRIBUTE: Message = { key: [1, "text"], value: [2, { stringValue: [1, "text"] }] };
const EXEMPLAR: Message = { timeUnixNano: [2, "fixed64"], asDouble: [3, "double"], filteredAttributes: [7, ATTRIBUTE] };
const TIMES: Message = { startTimeUnixNano: [2, "fixed64"], timeUnixNano: [3, "fixed64"] };
const NUMBER_POINT: Message = { ...TIMES, asDouble: [4, "double"], exemplars: [5, EXEMPLAR], attributes: [7, ATTRIBUTE] };
const HISTOGRAM_POINT: Message = {
  ...TIMES,
  count: [4, "fixed64"],
  sum: [5, "double"],
  bucketCounts: [6, "fixed64s"],
  explicitBounds: [7, "doubles"],
  exemplars: [8, EXEMPLAR],
  attributes: [9, ATTRIBUTE],
};
const METRIC: Message = {
  name: [1, "text"],
  gauge: [5, { dataPoints: [1, NUMBER_POINT] }],
  sum: [7, { dataPoints: [1, NUMBER_POINT], aggregationTemporality: [2, "varint"], isMonotonic: [3, "varint"] }],
  histogram: [9, { dataPoints: [1, HISTOGRAM_POINT], aggregationTemporality: [2, "varint"] }],
};
const RESOURCE_METRICS: Message = {
  resource: [1, { attributes: [1, ATTRIBUTE] }],
  scopeMetrics: [2, { scope: [1, { name: [1, "text"] }], metrics: [2, METRIC] }],
};
const REQUEST: Message = { resourceMetrics: [1, RESOURCE_METRICS] };

const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH_DELIMITED = 2;
const WORD = 2 ** 32;
const encoder = new TextEncoder();

/**
 * Encodes requests into one buffer again and again. It is written from its end, because a message's length comes before the message, and
 * is known once it is written.
 */
export class ProtobufEncoder {
  #bytes = new Uint8Array(4_096);
  #view = new DataView(this.#bytes.buffer);
  /** Where what was written begins. */
  #position = 0;
  /** The bytes of texts: names and values of labels come again with each series. */
  readonly #texts = new Map<string, Uint8Array>();

  /** Returns the bytes of an export request, which are valid until the next call. */
  encode(request: object): Uint8Array<ArrayBuffer> {
    this.#position = this.#bytes.length;
    this.#writeMessage(REQUEST, request);
    this.#texts.clear();
    return this.#bytes.subarray(this.#position);
  }

  get #written(): number {
    return this.#bytes.length - this.#position;
  }

  #writeMessage(message: Message, value: object): void {
    for (const name in message) {
      const [field, type] = message[name]!;
      const member = (value as Readonly<Record<string, unknown>>)[name];
      if (member === undefined) continue;
      const isRepeated = Array.isArray(member) && typeof type === "object";
      if (isRepeated) for (let index = member.length - 1; index >= 0; index--) this.#writeField(field, type, member[index]);
      else this.#writeField(field, type, member);
    }
  }

  #writeField(field: number, type: Scalar | Message, value: unknown): void {
    const before = this.#written;
    if (type === "varint") this.#writeVarint(Number(value));
    else if (type === "double" || type === "fixed64") this.#writeNumber(type, value as number);
    else {
      if (type === "text") this.#writeText(value as string);
      else if (typeof type === "object") this.#writeMessage(type, value as object);
      else this.#writeNumbers(type === "doubles" ? "double" : "fixed64", value as number[]);
      this.#writeVarint(this.#written - before);
    }
    this.#writeVarint(field * 8 + (type === "varint" ? VARINT : type === "double" || type === "fixed64" ? EIGHT_BYTES : LENGTH_DELIMITED));
  }

  #writeNumbers(type: "double" | "fixed64", numbers: readonly number[]): void {
    for (let index = numbers.length - 1; index >= 0; index--) this.#writeNumber(type, numbers[index]!);
  }

  /** Times of nanoseconds are texts, because a number has not as many digits. */
  #writeNumber(type: "double" | "fixed64", value: number | string): void {
    this.#reserve(8);
    if (type === "double") this.#view.setFloat64(this.#position, value as number, true);
    else if (typeof value === "string") this.#view.setBigUint64(this.#position, BigInt(value), true);
    else {
      this.#view.setUint32(this.#position, value % WORD, true);
      this.#view.setUint32(this.#position + 4, Math.floor(value / WORD), true);
    }
  }

  #writeText(text: string): void {
    const bytes = this.#texts.get(text) ?? encoder.encode(text);
    this.#texts.set(text, bytes);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#position);
  }

  #writeVarint(value: number): void {
    let length = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
    this.#reserve(length);
    for (let index = 0, rest = value; index < length; index++, rest = Math.floor(rest / 128)) {
      this.#bytes[this.#position + index] = (rest % 128) + (index < length - 1 ? 128 : 0);
    }
  }

  /** Moves the position so that as many bytes have room after it. */
  #reserve(length: number): void {
    if (this.#position < length) {
      const written = this.#bytes.subarray(this.#position);
      const bytes = new Uint8Array(2 * (this.#bytes.length + length));
      bytes.set(written, bytes.length - written.length);
      this.#position = bytes.length - written.length;
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer);
    }
    this.#position -= length;
  }
}
