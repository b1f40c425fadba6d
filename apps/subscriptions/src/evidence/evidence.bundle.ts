import type { AuditEntry, AuditHead, AuditSegment, EvidenceBundle, Ulid } from '@citystreams/contracts';
import { type HeadSigner, recordDigest } from '@citystreams/domain';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { EntitlementStore } from '../entitlements/entitlement.store.js';
import { RequestStore } from '../requests/request.store.js';
import { AuditReader, detailsOf } from './audit.reader.js';
import { entriesOf, recordOf, type RecordRow, SELECT_RECORDS } from './audit.rows.js';
import { HEAD_SIGNER } from './head.signer.js';

/** Everything about one entitlement in one file, for its parties and the auditor. */
@Injectable()
export class EvidenceBundles {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: AuditReader,
    private readonly entitlements: EntitlementStore,
    private readonly requests: RequestStore,
    @Inject(HEAD_SIGNER) private readonly signer: HeadSigner,
  ) {}

  /** Throws NOT_FOUND as the entitlement does, and FORBIDDEN to who may know of it and is neither party nor auditor. */
  async of(id: Ulid, caller: Caller): Promise<EvidenceBundle> {
    const entitlement = await this.entitlements.show(id, caller);
    const isParty = caller.agency === entitlement.owner || caller.agency === entitlement.consumer;
    if (!isParty && !caller.roles.includes('auditor')) {
      throw new ProblemError('FORBIDDEN', 'the evidence of an entitlement is for its parties and the auditor');
    }
    const { manager } = this.dataSource;
    const { chain } = await this.reader.end();
    const rows = await manager.query<RecordRow[]>(`${SELECT_RECORDS} WHERE ${ABOUT} ORDER BY r.sequence`, [id]);
    const entries = entriesOf(rows, await detailsOf(manager, rows));
    const requests = [...new Set([entitlement.request, ...entries.flatMap((e) => e.record.request ?? [])])];
    return {
      kind: 'evidence-bundle',
      format: 1,
      chain,
      at: new Date().toISOString(),
      entitlement,
      requests: (await Promise.all(requests.map((request) => this.requests.show(request, caller)))).map((r) => r.body),
      receipts: await this.entitlements.receipts(id, caller),
      segments: await segmentsOf(manager, entries),
      signer: this.signer.signer,
    };
  }
}

/** Records of the entitlement, and of every request that belongs to it. */
const ABOUT = `(r.object_id = $1 OR r.request IN (SELECT o.request FROM audit_records o WHERE o.object_id = $1))`;

/** Each stretch begins at a record of the bundle and ends at the next published head: no more of the chain is needed. */
async function segmentsOf(db: EntityManager, entries: readonly AuditEntry[]): Promise<AuditSegment[]> {
  const segments: AuditSegment[] = [];
  const shown = new Map(entries.map((entry) => [entry.record.sequence, entry]));
  let covered = 0;
  for (const first of entries) {
    const from = first.record.sequence;
    if (from <= covered) continue;
    const head = await headFrom(db, from);
    covered = head?.sequence ?? entries.at(-1)?.record.sequence ?? from;
    const stretch = await db.query<RecordRow[]>(
      `${SELECT_RECORDS} WHERE r.sequence BETWEEN $1 AND $2 ORDER BY r.sequence`,
      [from, covered],
    );
    const items = stretch.map(
      (row) => shown.get(Number(row.sequence)) ?? { kind: 'passed' as const, digest: recordDigest(recordOf(row)) },
    );
    segments.push({ from, previous: first.previous, items, head });
  }
  return segments;
}

async function headFrom(db: EntityManager, sequence: number): Promise<AuditHead | null> {
  const [row] = await db.query<{ head: AuditHead }[]>(
    'SELECT head FROM audit_heads WHERE sequence >= $1 ORDER BY sequence, number LIMIT 1',
    [sequence],
  );
  return row?.head ?? null;
}
