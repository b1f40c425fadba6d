import { join } from 'node:path';
import {
  AgencyId,
  Category,
  Concept,
  DAY_MS,
  DecisionStep,
  type IdentifierTreatment,
  Level,
  type LevelPolicy,
  type NegativeEntry,
  type Policy,
  POLICY_FILES,
  type PolicyFile,
  type PolicyMatrix,
  type Precision,
  type Purpose,
  type ReasonCode,
  SharingAttribute,
  StreamName,
} from '@citystreams/contracts';
import { z } from 'zod';
import { orInvalid, type PolicyProblem } from './problems.js';
import { parseYaml, readText } from './yaml-file.js';

/** Longest an entry of the negative list is in force. */
const LONGEST_MS = 2 * 366 * DAY_MS;

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

const Article = z.string().min(1).max(64).nullable().default(null);

const PurposeShape = z.strictObject({
  code: Code.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected lowercase words joined by hyphens'),
  name: Bilingual,
  citation: z.strictObject({ law: Bilingual, article: Article, duty: Bilingual }),
}) satisfies z.ZodType<Purpose>;

const ReasonShape = z.strictObject({
  code: Code.regex(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/, 'expected capital words joined by underscores'),
  for: z.array(z.enum(['refuse', 'revoke'])).min(1),
  name: Bilingual,
  final: z.boolean().default(false),
}) satisfies z.ZodType<ReasonCode>;

const some = <T extends z.ZodType>(item: T): z.ZodOptional<z.ZodArray<T>> => z.array(item).min(1).optional();
const Day = z.iso.date('expected a day, for example 2026-11-23');

const NegativeShape = z
  .strictObject({
    code: Code.regex(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/, 'expected capital words joined by underscores'),
    name: Bilingual,
    forbids: z
      .strictObject({
        streams: some(StreamName),
        purposes: some(Code),
        agencies: some(AgencyId),
        categories: some(Category),
        concepts: some(Concept),
        fromLevel: Level.optional(),
      })
      .refine((rule) => Object.keys(rule).length > 0, 'found no condition: it would forbid everything'),
    ground: z.strictObject({ law: Bilingual, article: Article }),
    decider: z.string().min(1, 'expected who decided, by name and office'),
    from: Day,
    until: Day,
  })
  .refine(({ from, until }) => from <= until, { path: ['until'], message: 'expected a day after `from`' })
  .refine(({ from, until }) => Date.parse(until) - Date.parse(from) <= LONGEST_MS, {
    path: ['until'],
    message: 'expected at most two years: then it has to be decided again',
  }) satisfies z.ZodType<NegativeEntry>;

/**
 * Reads `matrix.yaml`, `purposes.yaml`, `reason-codes.yaml` and `negative-list.yaml` of the policy folder `dir`.
 * @throws PolicyInvalid with every problem of every file.
 */
export function loadPolicy(dir: string): Policy {
  const problems: PolicyProblem[] = [];
  const texts = POLICY_FILES.map((file): [PolicyFile, string | null] => [file, readText(join(dir, file), problems)]);
  const read = Object.fromEntries(texts.filter(([, text]) => text !== null)) as Partial<Record<PolicyFile, string>>;
  return orInvalid(
    policyOf(read, NOTHING, (file) => join(dir, file), problems),
    problems,
  );
}

/**
 * A policy from the texts of its files; a file that is not given is as in `otherwise`.
 * @throws PolicyInvalid with every problem of every file.
 */
export function parsePolicy(texts: Readonly<Partial<Record<PolicyFile, string>>>, otherwise: Policy): Policy {
  const problems: PolicyProblem[] = [];
  return orInvalid(
    policyOf(texts, otherwise, (file) => file, problems),
    problems,
  );
}

/** Where a file cannot be read: that is a problem already, and nothing follows from what is not there. */
const NOTHING = { matrix: null as unknown as PolicyMatrix, purposes: [], reasonCodes: [], negativeList: [] };

function policyOf(
  texts: Readonly<Partial<Record<PolicyFile, string>>>,
  otherwise: Policy,
  nameOf: (file: PolicyFile) => string,
  problems: PolicyProblem[],
): Policy {
  const codes = <T extends { code: string }>(file: PolicyFile, shape: z.ZodType<T>, old: T[], atLeast = 1): T[] => {
    const text = texts[file];
    return text === undefined ? old : parseCodes(nameOf(file), text, shape, problems, atLeast);
  };
  const text = texts['matrix.yaml'];
  const matrix =
    text === undefined ? otherwise.matrix : parseYaml<PolicyMatrix>(nameOf('matrix.yaml'), text, MatrixShape, problems);
  const purposes = codes<Purpose>('purposes.yaml', PurposeShape, otherwise.purposes);
  const reasonCodes = codes<ReasonCode>('reason-codes.yaml', ReasonShape, otherwise.reasonCodes);
  const negativeList = codes<NegativeEntry>('negative-list.yaml', NegativeShape, otherwise.negativeList, 0);
  checkPurposes(nameOf('negative-list.yaml'), negativeList, purposes, problems);
  return { matrix: matrix ?? NOTHING.matrix, purposes, reasonCodes, negativeList };
}

/** An entry about a purpose that is not there would forbid nothing, and nobody would notice. */
function checkPurposes(
  file: string,
  list: readonly NegativeEntry[],
  purposes: readonly Purpose[],
  problems: PolicyProblem[],
): void {
  const known = new Set(purposes.map(({ code }) => code));
  for (const [i, { forbids }] of list.entries())
    for (const [j, purpose] of (forbids.purposes ?? []).entries())
      if (known.size > 0 && !known.has(purpose))
        problems.push({
          file,
          path: `[${i}].forbids.purposes[${j}]`,
          message: `${purpose} is no purpose of the policy`,
        });
}

function parseCodes<T extends { code: string }>(
  file: string,
  text: string,
  shape: z.ZodType<T>,
  problems: PolicyProblem[],
  atLeast: number,
): T[] {
  const entries = parseYaml(file, text, z.array(shape).min(atLeast), problems) ?? [];
  const seen = new Set<string>();
  for (const [i, { code }] of entries.entries()) {
    if (seen.has(code)) problems.push({ file, path: `[${i}].code`, message: `${code} is there already` });
    seen.add(code);
  }
  return entries;
}
