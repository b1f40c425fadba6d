import { CODECS, type Codec } from '../candidates/candidate.js';
import type { Output } from '../experiments/prepared.js';

/** Options of every experiment: `[--out result.json] [--keep-logs]`. */
export const COMMON = {
  out: { type: 'string' },
  'keep-logs': { type: 'boolean', default: false },
} as const;

export const numbers = (list: string): number[] => list.split(',').map(Number);

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export const outputOf = (values: { 'keep-logs': boolean }): Output => ({ say, keepLogs: values['keep-logs'] });

/** @throws RangeError */
export function codecNamed(name: string): Codec {
  const codec = CODECS.find((c) => c === name);
  if (codec === undefined) throw new RangeError(`no such codec: ${name}; there are ${CODECS.join(', ')}`);
  return codec;
}
