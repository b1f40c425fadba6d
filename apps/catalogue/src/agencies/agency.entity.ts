import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One office of the city, as the policy's data files describe it. */
@Entity({ name: 'agencies' })
export class AgencyEntity {
  @PrimaryColumn({ type: 'text' })
  agency!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'jsonb' })
  name!: { en: string; zh: string };

  @Column({ type: 'text' })
  contact!: string;

  @Column({ name: 'data_officer', type: 'text' })
  dataOfficer!: string;

  /** Client ids of its service accounts: who may be named as a publisher. */
  @Column({ name: 'service_accounts', type: 'text', array: true })
  serviceAccounts!: string[];
}
