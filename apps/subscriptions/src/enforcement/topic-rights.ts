/** What brokers list about a topic and some principals, and what that means. Pure. */
import type { ReceiptResource } from '@citystreams/contracts';
import type { AccessRule } from '@citystreams/kafka';
import { other, type PlaneAnswer, wanted } from './plane-answer.js';
import { topicRules } from './platform-objects.js';

/** One broker, asked by its address. */
export interface BrokerAnswer {
  broker: number;
  address: string;
  answeredAt: Date;
  rules: readonly AccessRule[];
}

export const EVERYBODY = '*';

export const readRules = (principals: readonly string[], topic: string): AccessRule[] =>
  principals.flatMap((principal) => topicRules(principal, topic, ['read', 'describe']));

const opens = (rule: AccessRule): boolean => rule.operation === 'read' || rule.operation === 'all';

/** Granted: every broker lists a rule that lets each principal read, and none that keeps it from reading. */
export function rightsGranted(brokers: readonly BrokerAnswer[], principals: readonly string[]): PlaneAnswer {
  for (const { address, rules } of brokers) {
    for (const principal of principals) {
      const own = rules.filter((r) => r.principal === `User:${principal}`);
      if (!own.some((r) => r.permission === 'allow' && opens(r))) {
        return other('topic-right', latest(brokers), `broker ${address} lists no READ for ${principal}`);
      }
    }
    const denied = rules.find((r) => r.permission === 'deny');
    if (denied !== undefined) {
      return other('topic-right', latest(brokers), `broker ${address} lists ${textOf(denied)}`);
    }
  }
  return answered(brokers);
}

/** Gone: no broker lists anything that allows one of the principals, or everybody, to do anything with the topic. */
export function rightsGone(brokers: readonly BrokerAnswer[]): PlaneAnswer {
  for (const { address, rules } of brokers) {
    const left = rules.find((r) => r.permission === 'allow');
    if (left !== undefined) return other('topic-right', latest(brokers), `broker ${address} lists ${textOf(left)}`);
  }
  return answered(brokers);
}

const answered = (brokers: readonly BrokerAnswer[]): PlaneAnswer =>
  brokers.length === 0
    ? { plane: 'topic-right', answer: 'none', why: 'the cluster names no broker' }
    : wanted('topic-right', latest(brokers));

export const latest = (brokers: readonly BrokerAnswer[]): Date =>
  new Date(Math.max(0, ...brokers.map((b) => b.answeredAt.getTime())));

const textOf = (r: AccessRule): string =>
  `${r.permission.toUpperCase()} ${r.principal} ${r.operation.toUpperCase()} on ${r.pattern} ${r.resourceType} ${r.resourceName}`;

export const forReceipt = (brokers: readonly BrokerAnswer[]): ReceiptResource['brokers'] =>
  brokers.map(({ broker, address, answeredAt, rules }) => ({
    broker,
    address,
    answeredAt: answeredAt.toISOString(),
    listed: rules.map(textOf),
  }));
