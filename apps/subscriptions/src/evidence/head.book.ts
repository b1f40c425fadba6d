/** Publishes the end of the chain, signed: in the transaction that writes it down, if one is due. */
import { CONTROL_TOPICS, type AuditHead, noticeTopicOf } from '@citystreams/contracts';
import type { HeadSigner } from '@citystreams/domain';
import { enqueue, takeTurn } from '@citystreams/outbox';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';
import { DATABASE_SCHEMA } from '../database/schema-name.js';
import { City } from '../policy/city.js';
import { SERVICE_ACTOR } from './actors.js';
import { AuditReader } from './audit.reader.js';
import { AuditTrail } from './audit.trail.js';
import { HEAD_SIGNER } from './head.signer.js';

export interface NumberedHead {
  number: string;
  head: AuditHead;
}

@Injectable()
export class HeadBook {
  private readonly intervalMs: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
    private readonly reader: AuditReader,
    private readonly city: City,
    @Inject(HEAD_SIGNER) private readonly signer: HeadSigner,
    @Inject(SUBSCRIPTIONS_CONFIG) { AUDIT_HEAD_SECONDS }: SubscriptionsConfig,
  ) {
    this.intervalMs = AUDIT_HEAD_SECONDS * 1_000;
  }

  /** One interval after the last head, or after `since` while there is none; whichever replica comes first does it. */
  async publishIfDue(now: Date, since: Date): Promise<void> {
    if (!this.isDue(await lastHead(this.dataSource.manager), now, since)) return;
    await this.dataSource.transaction(async (tx) => {
      await takeTurn(tx, DATABASE_SCHEMA);
      const last = await lastHead(tx);
      if (!this.isDue(last, now, since)) return;
      if (last?.head.key !== this.signer.signer.key) await this.recordKey(tx, now);
      const end = await this.reader.end(tx);
      const head = this.signer.sign(end, now);
      await tx.query('INSERT INTO audit_heads (sequence, head) VALUES ($1, $2)', [end.sequence, JSON.stringify(head)]);
      await enqueue(tx, DATABASE_SCHEMA, this.messages(head, last?.head.sequence !== end.sequence));
    });
  }

  /** Those that were published after one with this signature; all if it is not known. */
  async since(signature: string | null, most: number): Promise<NumberedHead[]> {
    const [known] = await this.dataSource.query<{ number: string }[]>(
      `SELECT number FROM audit_heads WHERE head->>'signature' = $1`,
      [signature],
    );
    return this.after(known?.number ?? '0', most);
  }

  after(number: string, most: number): Promise<NumberedHead[]> {
    return this.dataSource.query<NumberedHead[]>(
      'SELECT number, head FROM audit_heads WHERE number > $1 ORDER BY number LIMIT $2',
      [number, most],
    );
  }

  /** A clock that was set back must not stop it for as long. */
  private isDue(last: NumberedHead | null, now: Date, since: Date): boolean {
    const from = last === null ? since.getTime() : Date.parse(last.head.at);
    return Math.abs(now.getTime() - from) >= this.intervalMs;
  }

  /** Agencies are told what is new; the topic and the file also that nothing is. */
  private messages(head: AuditHead, isNew: boolean) {
    const topics = [CONTROL_TOPICS.auditHeads, ...(isNew ? this.city.agencies.map(noticeTopicOf) : [])];
    return topics.map((topic) => ({ topic, key: head.chain, type: head.kind, payload: head }));
  }

  /** The chain itself says from where on which key signs. */
  private recordKey(tx: EntityManager, at: Date): Promise<void> {
    const { signer } = this.signer;
    return this.audit.append(tx, [
      {
        actor: SERVICE_ACTOR,
        action: 'evidence.signed-by',
        object: { kind: 'evidence', id: signer.key },
        outcome: 'signed-by',
        reasonCode: null,
        after: signer,
        request: null,
        at,
      },
    ]);
  }
}

async function lastHead(db: EntityManager): Promise<NumberedHead | null> {
  const [row] = await db.query<NumberedHead[]>('SELECT number, head FROM audit_heads ORDER BY number DESC LIMIT 1');
  return row ?? null;
}
