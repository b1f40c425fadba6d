import type { Message } from './message.js';

export interface SaslHandshakeAnswer {
  errorCode: number;
  /** What the broker would take. */
  mechanisms: string[];
}

/**
 * SaslHandshake, key 17, version 1 (headers without tags):
 *
 *     request   string mechanism
 *     answer    int16 error code, int32 count x string mechanism
 */
export const SASL_HANDSHAKE: Message<string, SaslHandshakeAnswer> = {
  name: 'SaslHandshake',
  key: 17,
  version: 1,
  header: 'plain',
  write(to, mechanism) {
    to.string(mechanism);
  },
  read(from) {
    const errorCode = from.int16();
    const mechanisms: string[] = [];
    for (let left = from.int32(); left > 0; left--) mechanisms.push(from.string() ?? '');
    return { errorCode, mechanisms };
  },
};
