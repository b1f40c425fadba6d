import { expect, test } from '@jest/globals';
import { HEADER_NAMES, isNameAt, NAME_SIZES } from './header.names.js';

test.each(HEADER_NAMES.map((name, index) => [name, index] as const))(
  '%s is known by its bytes, all of them',
  (name, index) => {
    const bytes = Buffer.from([0xff, 2 * name.length, ...Buffer.from(name), 0xff]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const known = () => HEADER_NAMES.flatMap((_, i) => (isNameAt(view, 1, i) ? [i] : []));
    expect(known()).toEqual([index]);
    expect(NAME_SIZES[index]).toBe(bytes.length - 2);
    for (let at = 1; at < bytes.length - 1; at++) {
      bytes[at]! ^= 1;
      expect(known()).toEqual([]);
      bytes[at]! ^= 1;
    }
  },
);
