import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CityConcept, Concept } from '@citystreams/contracts';
import { z } from 'zod';
import { orInvalid, type PolicyProblem } from './problems.js';
import { readYaml } from './yaml-file.js';

const Bilingual = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });
const ConceptShape = z.strictObject({ code: Concept, name: Bilingual, meaning: Bilingual });

/**
 * Reads `concepts.yaml` of the policy folder `dir`; without the file the city has no words of its own.
 * @throws PolicyInvalid with every problem
 */
export function loadConcepts(dir: string): CityConcept[] {
  const file = join(dir, 'concepts.yaml');
  if (!existsSync(file)) return [];
  const problems: PolicyProblem[] = [];
  const concepts: CityConcept[] = readYaml(file, z.array(ConceptShape), problems) ?? [];
  const seen = new Set<string>();
  for (const [i, { code }] of concepts.entries()) {
    if (seen.has(code)) problems.push({ file, path: `[${i}].code`, message: `${code} is there already` });
    seen.add(code);
  }
  return orInvalid(concepts, problems);
}
