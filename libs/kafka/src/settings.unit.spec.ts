import { describe, expect, test } from '@jest/globals';
import { parseAddress, refusalIn } from './settings.js';

describe('a broker address', () => {
  test.each([
    ['127.0.0.1:9092', '127.0.0.1', 9092],
    ['kafka.example:1', 'kafka.example', 1],
    ['[::1]:9092', '::1', 9092],
  ])('%p is read', (address, host, port) => {
    expect(parseAddress(address)).toEqual({ host, port });
  });

  test.each(['localhost', ':9092', 'a:b', 'a:0', 'a:70000', ''])('%p is refused', (address) => {
    expect(() => parseAddress(address)).toThrow('host:port');
  });
});

describe('the answer to a token', () => {
  test('with a status is a refusal', () => {
    expect(refusalIn(Buffer.from('{"status":"invalid_token"}'))).toMatchObject({ code: 'TOKEN_REFUSED' });
  });

  test.each(['', '{}', 'not json', 'null'])('%p is none', (answer) => {
    expect(refusalIn(Buffer.from(answer))).toBeUndefined();
  });
});
