import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { SubjectConfig } from './registry-settings.js';

/** What was set for one subject, or for all under the empty name. Null: not set (any more). */
@Entity({ name: 'registry_settings' })
export class RegistrySettingsEntity {
  @PrimaryColumn({ type: 'text' })
  subject!: string;

  @Column({ type: 'jsonb', nullable: true })
  config!: SubjectConfig | null;

  @Column({ type: 'text', nullable: true })
  mode!: string | null;

  @Index('registry_settings_by_change')
  @Column({ type: 'bigint' })
  change!: string;
}
