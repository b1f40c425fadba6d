import type { EntitlementState, Notice } from '@citystreams/contracts';
import { type AuditFact, observe, type PlaneState } from '@citystreams/domain';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ulid } from 'ulid';
import { type Announcement, Announcer } from '../announcements/announcer.js';
import { EntitlementEntity } from '../entitlements/entitlement.entity.js';
import { entitlementAnnouncement, lockView, renewView } from '../entitlements/entitlement.messages.js';
import { auditOfReceipt, auditOfState } from '../entitlements/entitlement.evidence.js';
import { AuditTrail } from '../evidence/audit.trail.js';
import { PlaneEntity } from '../entitlements/plane.entity.js';
import { moveTargets } from '../entitlements/plane.targets.js';
import { ReceiptEntity } from '../entitlements/receipt.entity.js';
import { NoticeBook } from '../notices/notice.book.js';
import type { Case } from './case.js';
import type { Observation } from './entitlement.step.js';
import type { PlaneAnswer } from './plane-answer.js';
import { receiptFor } from './receipt.js';
import { stoppedAt } from './router.plane.js';
import { RouterReports } from './router.reports.js';

/** Writes down what was observed, and the state that follows from it, with everything that has to be told of it. */
@Injectable()
export class Settlement {
  private readonly logger = new Logger('enforcement');

  constructor(
    private readonly dataSource: DataSource,
    private readonly announcer: Announcer,
    private readonly notices: NoticeBook,
    private readonly reports: RouterReports,
    private readonly audit: AuditTrail,
  ) {}

  /** Returns the state afterwards. What was observed for another decision than the one in force now is dropped. */
  settle(it: Case, observation: Observation): Promise<EntitlementState> {
    return this.dataSource.transaction(async (tx) => {
      const row = await tx.findOneOrFail(EntitlementEntity, {
        where: { id: it.entitlement.id },
        lock: { mode: 'pessimistic_write' },
      });
      const planes = await tx.findBy(PlaneEntity, { entitlement: row.id });
      if (row.state !== it.entitlement.state || !sameTargets(planes, it.planes)) return row.state;
      for (const plane of planes) await record(tx, plane, observation.answers);
      const now = new Date();
      const next = observe({ state: row.state, since: row.since, planes }, now);
      if (next !== null) await this.enter(tx, row, next, { ...it, planes }, observation, now);
      return row.state;
    });
  }

  private async enter(
    tx: EntityManager,
    row: EntitlementEntity,
    state: EntitlementState,
    it: Case,
    observation: Observation,
    now: Date,
  ): Promise<void> {
    const before = row.state;
    row.state = state;
    row.since = now;
    await tx.update(EntitlementEntity, { id: row.id }, { state, since: now });
    const view = await lockView(tx, row.view);
    const announcements: Announcement[] = [];
    if (state === 'PROVISION_FAILED' || before === 'PROVISION_FAILED') {
      // Rolled back, or tried once more: the router has to drop or take up the view for this entitlement.
      announcements.push(await renewView(tx, view));
      await moveTargets(tx, row.id, view.generation);
    }
    announcements.push(entitlementAnnouncement(row, view));
    const facts: AuditFact[] = [auditOfState(row, before, it.planes)];
    if (state === 'ACTIVE' || state === 'REVOKED') {
      const receipt = receiptFor(state === 'ACTIVE' ? 'granted' : 'revoked', it, observation, this.reports.of(view.id));
      await tx.insert(ReceiptEntity, { id: ulid(), ...receipt });
      facts.push(auditOfReceipt(row, receipt));
    }
    if (isNews(before, state)) announcements.push(await this.notices.enter(tx, this.noticeOf(row, it, now)));
    await this.announcer.announce(tx, announcements);
    await this.audit.append(tx, facts);
    this.log(row, before, it.planes);
  }

  private noticeOf(row: EntitlementEntity, { view, otherHolders }: Case, now: Date): Notice {
    return {
      format: 1,
      kind: row.state === 'ACTIVE' ? 'active' : 'revoked',
      entitlement: row.id,
      consumer: row.consumer,
      stream: row.stream,
      topic: view.topic,
      reasonCode: row.ended?.reasonCode ?? null,
      text: row.ended?.text ?? null,
      positions: row.state === 'ACTIVE' || otherHolders.length > 0 ? [] : stoppedAt(this.reports.of(view.id)),
      at: now.toISOString(),
    };
  }

  private log(row: EntitlementEntity, before: EntitlementState, planes: readonly PlaneState[]): void {
    const text = `entitlement ${row.id} of ${row.consumer} on ${row.stream}: ${before} -> ${row.state}`;
    const errors = planes.flatMap((p) => (p.error === null ? [] : [`${p.plane}: ${p.error}`]));
    const bad = row.state.endsWith('_FAILED') || (before === 'ACTIVE' && row.state === 'PROVISIONING');
    if (bad) this.logger.error(`${text} (${errors.join('; ')})`);
    else this.logger.log(text);
  }
}

/** A consumer is told that it may read, and once that it may not: as soon as that is so, or is known to take long. */
const isNews = (before: EntitlementState, state: EntitlementState): boolean =>
  state === 'ACTIVE' || state === 'REVOKE_FAILED' || (state === 'REVOKED' && before !== 'REVOKE_FAILED');

const sameTargets = (a: readonly PlaneState[], b: readonly PlaneState[]): boolean =>
  a.every((p) => b.some((q) => q.plane === p.plane && q.desiredGeneration === p.desiredGeneration));

/** A plane that did not answer keeps what it showed before; only what it lacks is said. */
async function record(tx: EntityManager, plane: PlaneEntity, answers: readonly PlaneAnswer[]): Promise<void> {
  const given = answers.find((a) => a.plane === plane.plane);
  if (given === undefined) return;
  if (given.answer === 'none') {
    plane.error = given.why;
  } else {
    plane.observedAt = given.at;
    plane.observedGeneration = given.answer === 'wanted' ? plane.desiredGeneration : 0;
    plane.error = given.answer === 'wanted' ? null : given.shows;
  }
  const { observedAt, observedGeneration, error } = plane;
  await tx.update(
    PlaneEntity,
    { entitlement: plane.entitlement, plane: plane.plane },
    { observedAt, observedGeneration, error },
  );
}
