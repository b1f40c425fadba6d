import { describe, expect, test } from '@jest/globals';
import { readLogLine } from './log-line.js';

describe('a line of a log', () => {
  test('that is a sample goes to the live view', () => {
    const event = { live: 'published', stream: 'a.b', id: '1' };
    expect(readLogLine(JSON.stringify(event))).toEqual({ kind: 'live', event });
  });

  test('of a warning or an error is told with its cause', () => {
    const line = { level: 'error', msg: 'no connection', err: { message: 'ECONNREFUSED', stack: '...' } };
    expect(readLogLine(JSON.stringify(line))).toEqual({
      kind: 'problem',
      level: 'error',
      text: 'no connection: ECONNREFUSED',
    });
    expect(readLogLine('{"level":40,"msg":"slow"}')).toEqual({ kind: 'problem', level: 'warn', text: 'slow' });
  });

  test.each(['', 'plain words', '{"level":"info","msg":"fine"}', '{broken', '{"live":"unknown"}', '[]'])(
    'like %p stays in the log',
    (line) => {
      expect(readLogLine(line)).toEqual({ kind: 'other' });
    },
  );
});
