/** Facts become records of the chain, and what has to lie beside them. */
import type { AuditDetail, AuditEntry, AuditRecord } from '@citystreams/contracts';
import type { AuditFact } from './audit.fact.js';
import { detailDigest, linkHash, recordDigest } from './digests.js';

/** Where a chain ends now. */
export interface ChainEnd {
  /** Of the last record; 0 before the first. */
  sequence: number;
  hash: string;
}

/** An account under the id that the chain knows it by: the digest of its detail. */
export interface KnownActor {
  id: string;
  detail: AuditDetail;
}

/** 16 random bytes, hex. */
export type DrawSalt = () => string;

/** The digest hides the account from who has not got the salt; erasing the salt erases the name for good. */
export function introduce(account: string, draw: DrawSalt): KnownActor {
  const detail = detailOf(account, draw);
  return { id: detailDigest(detail), detail };
}

/**
 * The entries that follow this end, one for each fact, in their order. `actorOf` knows every account that acts in them.
 * Throws where a code or a name holds a lone surrogate; states and texts may hold anything.
 */
export function extend(
  end: ChainEnd,
  facts: readonly AuditFact[],
  actorOf: (account: string) => KnownActor,
  draw: DrawSalt,
): AuditEntry[] {
  let { sequence, hash: previous } = end;
  return facts.map((fact): AuditEntry => {
    sequence += 1;
    const actor = actorOf(fact.actor.account);
    const details = detailsOf(fact, draw);
    const record = recordOf(fact, sequence, actor.id, draw(), details);
    const hash = linkHash(previous, recordDigest(record));
    const entry: AuditEntry = {
      kind: 'record',
      record,
      previous,
      hash,
      beside: { actor: actor.detail, ...Object.fromEntries(details) },
    };
    previous = hash;
    return entry;
  });
}

const recordOf = (
  fact: AuditFact,
  sequence: number,
  actor: string,
  salt: string,
  details: readonly (readonly [string, AuditDetail])[],
): AuditRecord => ({
  format: 1,
  sequence,
  at: fact.at.toISOString(),
  actor,
  agency: fact.actor.agency,
  role: fact.actor.role,
  action: fact.action,
  object: { kind: fact.object.kind, id: fact.object.id },
  outcome: fact.outcome,
  reasonCode: fact.reasonCode,
  request: fact.request,
  salt,
  digests: Object.fromEntries(details.map(([part, detail]) => [part, detailDigest(detail)])),
});

function detailsOf({ before, after, texts = {} }: AuditFact, draw: DrawSalt): (readonly [string, AuditDetail])[] {
  const contents: [string, unknown][] = [
    ['before', before],
    ['after', after],
    ...Object.entries(texts).map(([name, text]): [string, unknown] => [`text.${name}`, text ?? undefined]),
  ];
  return contents.flatMap(([part, value]) => (value === undefined ? [] : [[part, detailOf(value, draw)] as const]));
}

/** JSON, so that control characters and lone surrogates in what people wrote are kept as they are. */
const detailOf = (value: unknown, draw: DrawSalt): AuditDetail => ({ salt: draw(), content: JSON.stringify(value) });
