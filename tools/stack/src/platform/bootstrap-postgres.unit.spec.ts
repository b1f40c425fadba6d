import { expect, test } from '@jest/globals';
import { scramVerifier } from './bootstrap-postgres.js';

test('a password becomes the verifier of the RFC 7677 example', () => {
  // StoredKey and ServerKey of user "user", password "pencil", as PostgreSQL itself stores them.
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});
