import type { ReceiptResource } from '@citystreams/contracts';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { EntitlementEntity } from './entitlement.entity.js';

@Entity({ name: 'receipts' })
@Index('receipts_by_entitlement', ['entitlement', 'id'])
export class ReceiptEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @ForeignKey(() => EntitlementEntity, { name: 'receipts_entitlement_exists' })
  @Column({ type: 'text' })
  entitlement!: string;

  @Column({ type: 'text' })
  kind!: ReceiptResource['kind'];

  @Column({ name: 'decided_at', type: 'timestamptz' })
  decidedAt!: Date;

  @Column({ name: 'effective_at', type: 'timestamptz' })
  effectiveAt!: Date;

  @Column({ name: 'effective_because', type: 'text' })
  effectiveBecause!: string;

  @Column({ type: 'jsonb' })
  brokers!: ReceiptResource['brokers'];

  @Column({ type: 'jsonb' })
  positions!: ReceiptResource['positions'];
}
