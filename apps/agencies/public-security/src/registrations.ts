import { hash } from 'node:crypto';
import type { ResidenceRegistered } from '@citystreams/contracts';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

const SUBDISTRICTS = {
  Futian: ['Lianhua', 'Huaqiangbei', 'Meilin'],
  Nanshan: ['Shekou', 'Yuehai', 'Xili'],
  "Bao'an": ['Xixiang', 'Fuyong', 'Xinan'],
  Pingshan: ['Kengzi', 'Longtian', 'Biling'],
} as const;
const DISTRICTS = Object.keys(SUBDISTRICTS) as (keyof typeof SUBDISTRICTS)[];
const TENURES: ResidenceRegistered['tenure'][] = ['OWNED', 'RENTED', 'RENTED', 'EMPLOYER', 'FAMILY'];
const PERSONS = 1_000_000;
const FIRST_REGISTRATION = Date.UTC(2026, 0, 1);
const BETWEEN_MS = 45_000;

/**
 * Registration number `n` of a synthetic city: the same seed and number always give the same registration. It
 * describes nobody.
 */
export function registration(seed: number, n: number): ResidenceRegistered {
  // A generator of its own for each number, so that a feed can be taken up at any; hashed, so that neighbours differ.
  const state = hash('sha256', `${seed} ${n}`, 'buffer');
  const random = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => state.readInt32LE(at)));
  const below = (limit: number): number => uniformInt(random, 0, limit - 1);
  const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)]!;
  const district = pick(DISTRICTS);
  return {
    registrationId: `R${String(n).padStart(10, '0')}`,
    registeredAt: FIRST_REGISTRATION + n * BETWEEN_MS,
    person: `N${String(below(PERSONS)).padStart(8, '0')}`,
    birthYear: 1940 + below(80),
    phone: uniformFloat64(random) < 0.9 ? `000${String(below(100_000_000)).padStart(8, '0')}` : null,
    address: { district, subdistrict: pick(SUBDISTRICTS[district]), building: 1 + below(400) },
    previousDistrict: uniformFloat64(random) < 0.5 ? pick(DISTRICTS) : null,
    tenure: pick(TENURES),
    synthetic: true,
  };
}
