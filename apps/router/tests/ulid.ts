import { randomBytes } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A fresh id of the form of a ULID. */
export const ulid = (): string => `0${Array.from(randomBytes(25), (byte) => DIGITS[byte % 32]).join('')}`;
