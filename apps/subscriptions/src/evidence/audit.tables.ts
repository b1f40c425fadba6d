/** The statements that write the chain. All of them run while the transaction holds its turn. */
import { randomBytes } from 'node:crypto';
import type { AuditEntry } from '@citystreams/contracts';
import type { ChainEnd, KnownActor } from '@citystreams/domain';
import type { EntityManager } from 'typeorm';

export const drawSalt = (): string => randomBytes(16).toString('hex');

interface EndRow {
  sequence: string;
  hash: string;
  actors: { account: string; id: string; salt: string; content: string }[] | null;
}

export interface LockedEnd {
  end: ChainEnd;
  /** Those of the accounts that the chain knows already. */
  known: ReadonlyMap<string, KnownActor>;
}

const LOCK_END = `
  SELECT e.sequence, e.hash,
         (SELECT json_agg(json_build_object('account', a.account, 'id', a.id, 'salt', a.salt, 'content', a.content))
            FROM audit_actors a WHERE a.account = ANY ($1)) AS actors
    FROM audit_end e
     FOR UPDATE OF e`;

export async function lockEnd(tx: EntityManager, accounts: readonly string[]): Promise<LockedEnd> {
  const [row] = await tx.query<EndRow[]>(LOCK_END, [accounts]);
  if (row === undefined) throw new RangeError('the chain has no end');
  const known = (row.actors ?? []).map(({ account, id, salt, content }): [string, KnownActor] => [
    account,
    { id, detail: { salt, content } },
  ]);
  return { end: { sequence: Number(row.sequence), hash: row.hash }, known: new Map(known) };
}

/** Nobody else adds one meanwhile: whoever does has the turn. */
export async function addActors(tx: EntityManager, actors: ReadonlyMap<string, KnownActor>): Promise<void> {
  for (const [account, { id, detail }] of actors) {
    const values = [id, account, detail.salt, detail.content];
    await tx.query('INSERT INTO audit_actors (id, account, salt, content) VALUES ($1, $2, $3, $4)', values);
  }
}

/** One statement, so that the others wait for one round trip less. */
const ADD_ENTRIES = `
  WITH added AS (
    INSERT INTO audit_records
      (sequence, at, actor, agency, role, action, object_kind, object_id, outcome, reason_code, request, salt, digests, previous, hash)
    SELECT sequence, at, actor, agency, role, action, object_kind, object_id, outcome, reason_code, request, salt, digests, previous, hash
      FROM json_populate_recordset(NULL::audit_records, $1)
     ORDER BY sequence
  ), beside AS (
    INSERT INTO audit_details (sequence, part, salt, content)
    SELECT sequence, part, salt, content FROM json_populate_recordset(NULL::audit_details, $2)
  )
  UPDATE audit_end SET sequence = $3, hash = $4`;

export async function addEntries(tx: EntityManager, entries: readonly AuditEntry[]): Promise<void> {
  const last = entries.at(-1);
  if (last === undefined) return;
  await tx.query(ADD_ENTRIES, [
    JSON.stringify(entries.map(rowOf)),
    JSON.stringify(entries.flatMap(detailRowsOf)),
    last.record.sequence,
    last.hash,
  ]);
}

const rowOf = ({ record, previous, hash }: AuditEntry): object => ({
  ...record,
  object_kind: record.object.kind,
  object_id: record.object.id,
  reason_code: record.reasonCode,
  previous,
  hash,
});

const detailRowsOf = ({ record, beside }: AuditEntry): object[] =>
  Object.keys(record.digests).map((part) => ({ sequence: record.sequence, part, ...beside[part] }));
