import type { EntitlementResource, RevokeEntitlement, Ulid } from '@citystreams/contracts';
import { revoke } from '@citystreams/domain';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Announcer } from '../announcements/announcer.js';
import { actorOfCaller } from '../evidence/actors.js';
import { AuditTrail } from '../evidence/audit.trail.js';
import { City } from '../policy/city.js';
import { EntitlementEntity } from './entitlement.entity.js';
import { entitlementAnnouncement, lockView, renewView } from './entitlement.messages.js';
import { EntitlementStore } from './entitlement.store.js';
import { moveTargets } from './plane.targets.js';

@Injectable()
export class Revocation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly entitlements: EntitlementStore,
    private readonly announcer: Announcer,
    private readonly city: City,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws NOT_FOUND, FORBIDDEN, VALIDATION_FAILED or STATE_CONFLICT. The end is decided here; REVOKED is what was seen. */
  async revoke(id: Ulid, body: RevokeEntitlement, caller: Caller): Promise<EntitlementResource> {
    await this.dataSource.transaction(async (tx) => {
      const row = await this.entitlements.lock(tx, id, caller);
      requireRevoker(row, caller);
      this.checkReason(body);
      const outcome = revoke(row.state);
      if (!outcome.ok) throw new ProblemError(outcome.code, outcome.detail);
      const now = new Date();
      const before = { state: row.state };
      row.state = outcome.next;
      row.since = now;
      row.ended = { by: caller.principal, reasonCode: body.reasonCode, text: body.text, at: now.toISOString() };
      await tx.save(EntitlementEntity, row);
      const view = await lockView(tx, row.view);
      const viewAnnouncement = await renewView(tx, view);
      await moveTargets(tx, row.id, view.generation);
      await this.announcer.announce(tx, [viewAnnouncement, entitlementAnnouncement(row, view)]);
      await this.audit.append(tx, [
        {
          actor: actorOfCaller(caller),
          action: 'entitlement.revoked',
          object: { kind: 'entitlement', id: row.id },
          outcome: row.state,
          reasonCode: body.reasonCode,
          before,
          after: { state: row.state },
          texts: { text: body.text },
          request: row.request,
          at: now,
        },
      ]);
    });
    return this.entitlements.show(id, caller);
  }

  private checkReason({ reasonCode }: RevokeEntitlement): void {
    if (this.city.revocationCodes.has(reasonCode)) return;
    const message = `"${reasonCode}" is not a reason to revoke; known: ${[...this.city.revocationCodes].join(', ')}`;
    throw new ProblemError('VALIDATION_FAILED', 'the reason is not known', {
      action: 'name a reason code of the policy',
      problems: [{ field: '$.reasonCode', message }],
    });
  }
}

/** The owner revokes alone and at once; so may the CDO. */
function requireRevoker(row: EntitlementEntity, caller: Caller): void {
  const isOwner = caller.agency === row.owner && caller.roles.includes('steward');
  if (isOwner || caller.roles.includes('cdo')) return;
  throw new ProblemError('FORBIDDEN', `only a steward of ${row.owner} or the CDO revokes this entitlement`);
}
