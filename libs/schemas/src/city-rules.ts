import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CityConcept, Office, PolicyMatrix, Reclassification } from '@citystreams/contracts';
import { loadConcepts, loadOffices, loadPolicy, loadReclassifications } from '@citystreams/policy';

/** What the city's policy says of streams. Null: not known here, so nothing is held against it. */
export interface CityRules {
  offices: readonly Office[] | null;
  matrix: PolicyMatrix | null;
  concepts: readonly CityConcept[] | null;
  reclassifications: readonly Reclassification[];
}

/**
 * From the policy folder; a folder without offices or matrix leaves those rules out.
 * @throws PolicyInvalid with every problem of the files that are there
 */
export function readCityRules(policy: string): CityRules {
  return {
    offices: existsSync(join(policy, 'offices')) ? loadOffices(policy) : null,
    matrix: existsSync(join(policy, 'matrix.yaml')) ? loadPolicy(policy).matrix : null,
    concepts: existsSync(join(policy, 'concepts.yaml')) ? loadConcepts(policy) : null,
    reclassifications: loadReclassifications(policy),
  };
}
