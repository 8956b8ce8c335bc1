/** Encodes texts as UTF-8 into one buffer again and again: buffers of megabytes would wait for the garbage collector. */

const encoder = new TextEncoder();

export class EncodeBuffer {
  #bytes = new Uint8Array(0);

  /** Returns the bytes of a text, which are valid until the next call. */
  encode(text: string): Uint8Array {
    for (;;) {
      const { read, written } = encoder.encodeInto(text, this.#bytes);
      if (read === text.length) return this.#bytes.subarray(0, written);
      this.#bytes = new Uint8Array(Math.max(Math.ceil(1.2 * text.length), 2 * this.#bytes.length));
    }
  }
}
