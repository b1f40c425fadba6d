import { hash } from 'node:crypto';
import type { ClaimSettled } from '@citystreams/contracts';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

const DISTRICTS = ['Futian', 'Nanshan', "Bao'an", 'Pingshan', 'Luohu', 'Longgang'] as const;
const WARDS = ['First', 'Second', 'Third', 'Central', 'Eastern'] as const;
const AGES: ClaimSettled['ageBand'][] = ['UNDER_18', 'FROM_18_TO_34', 'FROM_35_TO_59', 'FROM_60'];
/** ICD-10 categories, and what a case costs about, in fen. */
const DIAGNOSES = [
  { code: 'J06', costFen: 30_000 },
  { code: 'I10', costFen: 45_000 },
  { code: 'E11', costFen: 80_000 },
  { code: 'K29', costFen: 60_000 },
  { code: 'M54', costFen: 50_000 },
  { code: 'S82', costFen: 1_800_000 },
  { code: 'O80', costFen: 900_000 },
  { code: 'C34', costFen: 6_000_000 },
] as const;
const INPATIENT_FROM_FEN = 500_000;
const INSURED = 1_000_000;
const FIRST_SETTLEMENT = Date.UTC(2026, 0, 1);
const BETWEEN_MS = 20_000;

/**
 * Claim number `n` of a synthetic city: the same seed and number always give the same claim. It describes nobody.
 */
export function claim(seed: number, n: number): ClaimSettled {
  // A generator of its own for each number, so that a feed can be taken up at any; hashed, so that neighbours differ.
  const state = hash('sha256', `${seed} ${n}`, 'buffer');
  const random = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => state.readInt32LE(at)));
  const pick = <T>(choices: readonly T[]): T => choices[uniformInt(random, 0, choices.length - 1)]!;
  const district = pick(DISTRICTS);
  const diagnosis = pick(DIAGNOSES);
  const totalFen = Math.round(diagnosis.costFen * (0.5 + uniformFloat64(random)));
  const fundFen = Math.round(totalFen * (0.6 + 0.3 * uniformFloat64(random)));
  return {
    claimId: `C${String(n).padStart(10, '0')}`,
    settledAt: FIRST_SETTLEMENT + n * BETWEEN_MS,
    insuredPerson: `P${String(uniformInt(random, 0, INSURED - 1)).padStart(8, '0')}`,
    ageBand: pick(AGES),
    district,
    hospital: `${district} ${pick(WARDS)} Hospital`,
    diagnosis: diagnosis.code,
    inpatient: diagnosis.costFen >= INPATIENT_FROM_FEN,
    payment: { totalFen, fundFen, selfFen: totalFen - fundFen },
    referredFrom: uniformFloat64(random) < 0.2 ? `${pick(DISTRICTS)} Community Clinic` : null,
    synthetic: true,
  };
}
