import { join } from 'node:path';
import {
  DecisionStep,
  type IdentifierTreatment,
  type LevelPolicy,
  type Policy,
  type PolicyMatrix,
  type Precision,
  type Purpose,
  type ReasonCode,
  SharingAttribute,
} from '@citystreams/contracts';
import { z } from 'zod';
import { orInvalid, type PolicyProblem } from './problems.js';
import { readYaml } from './yaml-file.js';

const count = z.number().int().min(0);
const Bilingual = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });
const Code = z.string().max(64);

const TREATMENTS = ['clear', 'pseudonym-per-purpose', 'pseudonym-per-entitlement', 'withheld'] as const;

const LevelShape = z
  .strictObject({
    sharing: SharingAttribute,
    approvers: z.array(DecisionStep),
    replyWorkingDays: count.nullable(),
    longestGrantMonths: count.nullable(),
    identifiers: z.enum(TREATMENTS) satisfies z.ZodType<IdentifierTreatment>,
    precision: z.strictObject({
      place: z.enum(['exact', '500m', 'district', 'withheld']),
      time: z.enum(['exact', 'hour', 'day', 'withheld']),
    }) satisfies z.ZodType<Precision>,
    history: z.strictObject({ fromGrant: z.boolean(), days: count.nullable() }),
    sourceRetentionDays: count.min(1).nullable(),
    recertificationMonths: count.min(1),
  })
  .refine((level) => new Set(level.approvers).size === level.approvers.length, {
    path: ['approvers'],
    message: 'expected each approver once',
  })
  .refine((level) => level.sharing === 'not-shared' || level.approvers.length > 0, {
    path: ['approvers'],
    message: 'found nobody, expected at least one approver, or sharing: not-shared',
  }) satisfies z.ZodType<LevelPolicy>;

const MatrixShape = z.strictObject({
  version: z.string().regex(/^\d{4}-\d+$/, 'expected <year>-<number>, for example 2026-1'),
  levels: z.strictObject({ L1: LevelShape, L2: LevelShape, L3: LevelShape, L4: LevelShape, L5: LevelShape }),
}) satisfies z.ZodType<PolicyMatrix>;

const PurposeShape = z.strictObject({
  code: Code.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected lowercase words joined by hyphens'),
  name: Bilingual,
  citation: z.strictObject({ law: Bilingual, duty: Bilingual }),
}) satisfies z.ZodType<Purpose>;

const ReasonShape = z.strictObject({
  code: Code.regex(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/, 'expected capital words joined by underscores'),
  for: z.array(z.enum(['refuse', 'revoke'])).min(1),
  name: Bilingual,
  final: z.boolean().default(false),
}) satisfies z.ZodType<ReasonCode>;

/**
 * Reads `matrix.yaml`, `purposes.yaml` and `reason-codes.yaml` of the policy folder `dir`.
 * @throws PolicyInvalid with every problem of every file.
 */
export function loadPolicy(dir: string): Policy {
  const problems: PolicyProblem[] = [];
  const matrix = readYaml<PolicyMatrix>(join(dir, 'matrix.yaml'), MatrixShape, problems);
  const purposes = readCodes<Purpose>(join(dir, 'purposes.yaml'), PurposeShape, problems);
  const reasonCodes = readCodes<ReasonCode>(join(dir, 'reason-codes.yaml'), ReasonShape, problems);
  return orInvalid({ matrix: matrix as PolicyMatrix, purposes, reasonCodes }, problems);
}

function readCodes<T extends { code: string }>(file: string, shape: z.ZodType<T>, problems: PolicyProblem[]): T[] {
  const entries = readYaml(file, z.array(shape).min(1), problems) ?? [];
  const seen = new Set<string>();
  for (const [i, { code }] of entries.entries()) {
    if (seen.has(code)) problems.push({ file, path: `[${i}].code`, message: `${code} is there already` });
    seen.add(code);
  }
  return entries;
}
