import { CODECS, type Codec } from '../candidates/candidate.js';
import type { StandOptions } from '../stand/stand.js';

/** Options of every experiment: `[--out result.json] [--keep-logs] [--tls]`. */
export const COMMON = {
  out: { type: 'string' },
  'keep-logs': { type: 'boolean', default: false },
  tls: { type: 'boolean', default: false },
} as const;

export const numbers = (list: string): number[] => list.split(',').map(Number);

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export const standOf = (values: { 'keep-logs': boolean; tls: boolean }): StandOptions => ({
  say,
  keepLogs: values['keep-logs'],
  tls: values.tls,
});

/** @throws RangeError */
export function codecNamed(name: string): Codec {
  const codec = CODECS.find((c) => c === name);
  if (codec === undefined) throw new RangeError(`no such codec: ${name}; there are ${CODECS.join(', ')}`);
  return codec;
}
