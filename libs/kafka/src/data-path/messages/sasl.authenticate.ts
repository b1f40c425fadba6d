import type { Message } from './message.js';

export interface SaslAuthenticateAnswer {
  errorCode: number;
  errorMessage: string | null;
  authBytes: Buffer;
  /** From now on; 0: the login does not end. */
  sessionLifetimeMs: number;
}

/**
 * SaslAuthenticate, key 36, version 2:
 *
 *     request   compact bytes: the mechanism's own
 *     answer    int16 error code, compact string error message, compact bytes, int64 session lifetime ms
 */
export const SASL_AUTHENTICATE: Message<Buffer, SaslAuthenticateAnswer> = {
  name: 'SaslAuthenticate',
  key: 36,
  version: 2,
  header: 'flexible',
  write(to, authBytes) {
    to.compactBytes(authBytes).noTags();
  },
  read(from) {
    return {
      errorCode: from.int16(),
      errorMessage: from.compactString(),
      authBytes: from.compactBytes(),
      sessionLifetimeMs: from.int64(),
    };
  },
};
