/** Protocol buffers' wire format, as far as Kubernetes uses it: a message is a row of numbered fields. */

/** A field as it lies in the bytes: a number (varint, fixed), or bytes (text, bytes, a message, packed numbers). */
export type WireValue = bigint | Uint8Array;

export interface WireField {
  readonly number: number;
  readonly value: WireValue;
  /** A 64-bit fixed field: a double. */
  readonly fixed64: boolean;
}

/** The fields of a message in the order in which they lie. Throws an Error where the bytes are no message. */
export function* fieldsOf(bytes: Uint8Array): Generator<WireField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new Error('proto: integer overflow');
  };
  const skip = (length: number): number => {
    const from = at;
    if (length < 0 || from + length > bytes.length) throw new Error('unexpected EOF');
    at += length;
    return from;
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        yield { number, value: varint(), fixed64: false };
        break;
      case 1:
        yield { number, value: view.getBigInt64(skip(8), true), fixed64: true };
        break;
      case 2: {
        const length = Number(varint());
        const from = skip(length);
        yield { number, value: bytes.subarray(from, from + length), fixed64: false };
        break;
      }
      case 5:
        yield { number, value: BigInt(view.getInt32(skip(4), true)), fixed64: false };
        break;
      default:
        throw new Error(`proto: illegal wireType ${tag & 7}`);
    }
  }
}
