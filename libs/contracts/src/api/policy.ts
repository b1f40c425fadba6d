import { z } from 'zod';
import { DecisionStep } from './requests.js';
import { Level } from '../levels.js';
import { StreamName, Ulid } from '../names.js';

const Bilingual = z.object({ en: z.string(), zh: z.string() });
const Citation = z.object({ law: Bilingual, article: z.string().nullable() });

/** `GET /api/policy`: what is in force. */
export const PolicyResource = z.object({
  version: z.string(),
  /** As `policy/matrix.yaml` says it. */
  levels: z.record(Level, z.record(z.string(), z.unknown())),
  purposes: z.array(z.object({ code: z.string(), name: Bilingual, citation: Citation.extend({ duty: Bilingual }) })),
  reasonCodes: z.array(z.object({ code: z.string(), for: z.array(z.string()), name: Bilingual, final: z.boolean() })),
  negativeList: z.array(
    z.object({
      code: z.string(),
      name: Bilingual,
      forbids: z.record(z.string(), z.unknown()),
      ground: Citation,
      decider: z.string(),
      from: z.string(),
      until: z.string(),
      inForce: z.boolean(),
    }),
  ),
  /** Rules that failed since this process began, and denied. */
  failedRules: z.number(),
});
export type PolicyResource = z.infer<typeof PolicyResource>;

/** The files of a policy folder that a policy is made of. */
export const POLICY_FILES = ['matrix.yaml', 'purposes.yaml', 'reason-codes.yaml', 'negative-list.yaml'] as const;
export type PolicyFile = (typeof POLICY_FILES)[number];

const PolicyText = z.string().max(200_000);

/** `POST /api/policy/simulate`: the texts of a changed policy; a file that is not given stays as it is. */
export const SimulatePolicy = z
  .strictObject(
    Object.fromEntries(POLICY_FILES.map((file) => [file, PolicyText])) as Record<PolicyFile, typeof PolicyText>,
  )
  .partial();
export type SimulatePolicy = z.infer<typeof SimulatePolicy>;

export const PolicyAnswer = z.object({
  outcome: z.enum(['refused', 'granted-by-rule', 'asked']),
  code: z.string().optional(),
  text: z.string().optional(),
  steps: z.array(DecisionStep).optional(),
  replyWorkingDays: z.number().optional(),
});
export type PolicyAnswer = z.infer<typeof PolicyAnswer>;

export const SimulationResource = z.object({
  /** Versions of the policy in force and of the changed one. */
  before: z.string(),
  after: z.string(),
  /** How many recorded requests were played: the newest of them. */
  played: z.number(),
  /** Rules of the changed policy that failed; each denied. */
  failures: z.number(),
  differences: z.array(
    z.object({ request: Ulid, stream: StreamName, asking: z.string(), before: PolicyAnswer, after: PolicyAnswer }),
  ),
});
export type SimulationResource = z.infer<typeof SimulationResource>;
