import type { AuditAction, AuditObjectKind, Role, Ulid } from '@citystreams/contracts';

/** Who acted. The account is a name and can be erased later; agency and role stay. */
export interface AuditActor {
  /** Account of a person or a service, or `policy <version>` where a rule decided. */
  account: string;
  agency: string;
  role: Role | 'rule' | null;
}

/** One thing that happened, as the place where it happens knows it. */
export interface AuditFact {
  actor: AuditActor;
  action: AuditAction;
  object: { kind: AuditObjectKind; id: string };
  /** A short code: `approved`, or the state that was entered. */
  outcome: string;
  reasonCode: string | null;
  /**
   * State before and after, anything that JSON can say; kept beside the chain, which holds a salted digest. Put nobody's
   * account into them: erasing that person takes the whole of it away.
   */
  before?: unknown;
  after?: unknown;
  /** What people wrote, by name (`text`, `legalGround`, ...); kept beside the chain and erasable. */
  texts?: Readonly<Record<string, string | null>>;
  /** The subscription request that it belongs to. */
  request: Ulid | null;
  at: Date;
}
