import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FieldPath, Level, type Reclassification, StreamName } from '@citystreams/contracts';
import { z } from 'zod';
import { orInvalid, type PolicyProblem } from './problems.js';
import { readYaml } from './yaml-file.js';

const ReclassificationShape = z
  .strictObject({
    stream: StreamName,
    field: FieldPath,
    from: Level,
    to: Level,
    decider: z.string().min(1, 'expected who decided, by name and office'),
    date: z.iso.date('expected the day of the decision, for example 2026-11-23'),
    reason: z.string().min(1, 'expected why'),
  })
  .refine(({ from, to }) => to < from, { path: ['to'], message: 'expected a level below `from`' });

/**
 * Reads `reclassifications.yaml` of the policy folder `dir`; without the file nobody decided anything.
 * @throws PolicyInvalid with every problem
 */
export function loadReclassifications(dir: string): Reclassification[] {
  const file = join(dir, 'reclassifications.yaml');
  if (!existsSync(file)) return [];
  const problems: PolicyProblem[] = [];
  return orInvalid(readYaml(file, z.array(ReclassificationShape), problems) ?? [], problems);
}
