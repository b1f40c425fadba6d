/** Rows of the evidence tables as the entries that they were made of. */
import type { AuditDetail, AuditEntry, AuditRecord } from '@citystreams/contracts';

export interface RecordRow {
  sequence: string;
  at: Date;
  actor: string;
  agency: string;
  role: string | null;
  action: AuditRecord['action'];
  object_kind: AuditRecord['object']['kind'];
  object_id: string;
  outcome: string;
  reason_code: string | null;
  request: AuditRecord['request'];
  salt: string;
  digests: AuditRecord['digests'];
  previous: string;
  hash: string;
  /** null: the name was erased. */
  actor_salt: string | null;
  actor_content: string | null;
}

export interface DetailRow extends AuditDetail {
  sequence: string;
  part: string;
}

/** Records with the names of their actors; a condition and an order follow. */
export const SELECT_RECORDS = `
  SELECT r.*, a.salt AS actor_salt, a.content AS actor_content
    FROM audit_records r LEFT JOIN audit_actors a ON a.id = r.actor`;

/** The record exactly as it was digested. */
export const recordOf = (row: RecordRow): AuditRecord => ({
  format: 1,
  sequence: Number(row.sequence),
  at: row.at.toISOString(),
  actor: row.actor,
  agency: row.agency,
  role: row.role,
  action: row.action,
  object: { kind: row.object_kind, id: row.object_id },
  outcome: row.outcome,
  reasonCode: row.reason_code,
  request: row.request,
  salt: row.salt,
  digests: row.digests,
});

/** `details`: those of these rows, in any order. */
export function entriesOf(rows: readonly RecordRow[], details: readonly DetailRow[]): AuditEntry[] {
  const bySequence = Map.groupBy(details, (detail) => detail.sequence);
  return rows.map((row): AuditEntry => {
    const { actor_salt: salt, actor_content: content } = row;
    const actor = salt === null || content === null ? [] : [['actor', { salt, content }] as const];
    const others = (bySequence.get(row.sequence) ?? []).map(
      (d) => [d.part, { salt: d.salt, content: d.content }] as const,
    );
    const beside = Object.fromEntries([...actor, ...others]);
    return { kind: 'record', record: recordOf(row), previous: row.previous, hash: row.hash, beside };
  });
}
