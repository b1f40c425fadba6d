import { parseArgs } from 'node:util';
import { readingRounds, startRounds } from '../registry/reading.experiment.js';
import { writeResult } from '../report/result.file.js';
import { COMMON, numbers, say } from './arguments.js';

/** `registry [--versions 50000] [--rounds 5] [--seconds 5]`: reads beside a bare Fastify route, and starts. */
export async function registry(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      versions: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
    },
  });
  const rounds = Number(values.rounds);
  const versions = numbers(values.versions);
  const reading = await readingRounds({ versions: versions.at(-1) ?? 0, rounds, seconds: Number(values.seconds) }, say);
  writeResult(values.out, 'registry', { reading });
  const starts = await startRounds({ versions, rounds }, say);
  writeResult(values.out, 'registry', { reading, starts });
}
