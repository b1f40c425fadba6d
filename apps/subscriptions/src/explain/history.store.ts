import { type ExecutableMask, type Mask, type StreamName, Ulid, ViewDefinition } from '@citystreams/contracts';
import type { RecordedVersion } from '@citystreams/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';

interface Row {
  entitlement: Ulid;
  action: string;
  outcome: string;
  at: Date;
  request: Ulid | null;
  after: string | null;
}

/** What a record of the chain says of the version that it grants. */
const Granted = z.object({
  version: z.number(),
  stream: z.string(),
  consumer: z.string(),
  principals: z.array(z.string()),
  definition: ViewDefinition,
  validTo: z.string().nullable(),
});
const OfVersion = z.object({ version: z.number() });
const STATE = /^[A-Z][A-Z_]*$/;

const RECORDS = `
  SELECT r.object_id AS entitlement, r.action, r.outcome, r.at, r.request, d.content AS after
    FROM audit_records r
    JOIN entitlements e ON e.id = r.object_id
    LEFT JOIN audit_details d ON d.sequence = r.sequence AND d.part = 'after'
   WHERE e.stream = $1 AND r.object_kind = 'entitlement' AND r.action <> 'entitlement.receipt'
   ORDER BY r.sequence`;

/** Every version of the entitlements on a stream, with every state that the evidence chain has recorded of it. */
@Injectable()
export class HistoryStore {
  constructor(private readonly dataSource: DataSource) {}

  async versionsOf(stream: StreamName): Promise<RecordedVersion[]> {
    const rows = await this.dataSource.query<Row[]>(RECORDS, [stream]);
    const versions = new Map<string, RecordedVersion>();
    const latest = new Map<string, number>();
    for (const row of rows) {
      const after: unknown = row.after === null ? null : JSON.parse(row.after);
      const granted = Granted.safeParse(after);
      const number = OfVersion.safeParse(after).data?.version ?? latest.get(row.entitlement);
      if (number === undefined) continue;
      latest.set(row.entitlement, number);
      const key = `${row.entitlement} ${number}`;
      if (granted.success && row.request !== null) versions.set(key, versionOf(row, row.request, granted.data));
      const version = versions.get(key);
      if (version !== undefined && STATE.test(row.outcome))
        versions.set(key, { ...version, states: [...version.states, { state: row.outcome, at: row.at }] });
    }
    return [...versions.values()];
  }
}

function versionOf({ entitlement }: Row, request: Ulid, granted: z.infer<typeof Granted>): RecordedVersion {
  const { version, stream, consumer, principals, definition, validTo } = granted;
  return {
    entitlement,
    version,
    request,
    stream: stream as RecordedVersion['stream'],
    consumer: consumer as RecordedVersion['consumer'],
    principals: principals as unknown as RecordedVersion['principals'],
    fields: definition.fields,
    masks: Object.fromEntries(Object.entries(definition.masks).map(([path, mask]) => [path, askedMask(mask)])),
    predicate: definition.predicate,
    validTo: validTo === null ? null : new Date(validTo),
    states: [],
  };
}

/** In words of a request: whose key a pseudonym is made with is known by the entitlement. */
const askedMask = (mask: ExecutableMask): Mask =>
  mask.kind === 'pseudonym' ? { kind: 'pseudonym', per: mask.key.per, text: mask.text } : mask;
