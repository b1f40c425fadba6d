import type { KafkaAdmin } from '@citystreams/kafka';
import { wantsPresent } from '@citystreams/domain';
import { Injectable } from '@nestjs/common';
import { askBrokers, type Polled, pollBrokers } from './broker.poll.js';
import { type Case, desiredGeneration, releasedPrincipals } from './case.js';
import { other, type PlaneAnswer, silent, wanted } from './plane-answer.js';
import { RouterReports } from './router.reports.js';
import { routerAnswer } from './router.plane.js';
import { type BrokerAnswer, readRules, rightsGone, rightsGranted } from './topic-rights.js';
import { flawOf, viewTopicFor } from './view-topic.js';

export interface Observation {
  answers: PlaneAnswer[];
  brokers: readonly BrokerAnswer[];
}

/**
 * One entitlement's step towards what was decided, and what the planes answered. It never throws for a plane that
 * fails: that plane is silent, and says why.
 *
 * Granting goes view, router, then the right; the right is given only while the other two were just seen. Ending asks
 * the router through the announcement that went out with the decision, and takes the right at once.
 */
@Injectable()
export class EntitlementStep {
  constructor(private readonly reports: RouterReports) {}

  run(admin: KafkaAdmin, it: Case): Promise<Observation> {
    return wantsPresent(it.entitlement.state) ? this.provide(admin, it) : this.withdraw(admin, it);
  }

  private async provide(admin: KafkaAdmin, it: Case): Promise<Observation> {
    const view = await this.viewTopic(admin, it).catch((error: unknown) => silent('view', error));
    const router = this.router(it, 'running');
    if (it.entitlement.state !== 'ACTIVE' && (view.answer !== 'wanted' || router.answer !== 'wanted')) {
      return { answers: [view, router], brokers: [] };
    }
    const { principals } = it.entitlement;
    const { topic } = it.view;
    const ask = () => askBrokers(admin, topic, principals);
    const judge = (brokers: readonly BrokerAnswer[]) => rightsGranted(brokers, principals);
    const right = await this.rights(async () => {
      const brokers = await ask();
      const answer = judge(brokers);
      // An active one that lost its right is said to have lost it before it is given back.
      if (answer.answer !== 'other' || it.entitlement.state === 'ACTIVE') return { brokers, answer };
      await admin.allow(readRules(principals, topic));
      return pollBrokers(ask, judge);
    });
    return { answers: [view, router, right.answer], brokers: right.brokers };
  }

  private async withdraw(admin: KafkaAdmin, it: Case): Promise<Observation> {
    const released = releasedPrincipals(it);
    const { topic } = it.view;
    const right = await this.rights(async () => {
      await admin.removeRules(readRules(released, topic));
      return pollBrokers(() => askBrokers(admin, topic, released), rightsGone);
    });
    const router = this.router(it, it.otherHolders.length > 0 ? 'running' : 'stopped');
    return { answers: [router, right.answer], brokers: right.brokers };
  }

  private async viewTopic(admin: KafkaAdmin, { view }: Case): Promise<PlaneAnswer> {
    const topic = viewTopicFor(view);
    const found = await admin.describeTopic(topic.name);
    if (found === null) {
      await admin.createTopic(topic);
      await admin.waitForTopic(topic.name);
    }
    const now = found ?? (await admin.describeTopic(topic.name));
    if (now === null) return other('view', new Date(), `there is no topic ${topic.name}`);
    const flaw = flawOf(topic, now);
    return flaw === null ? wanted('view', new Date()) : other('view', new Date(), flaw);
  }

  private router(it: Case, state: 'running' | 'stopped'): PlaneAnswer {
    const silence = this.reports.silence();
    if (silence !== null) return silent('router', silence);
    const { id, partitions } = it.view;
    return routerAnswer(this.reports.of(id), partitions, desiredGeneration(it, 'router'), state, new Date());
  }

  private async rights(work: () => Promise<Polled>): Promise<Polled> {
    try {
      return await work();
    } catch (error) {
      return { brokers: [], answer: silent('topic-right', error) };
    }
  }
}
