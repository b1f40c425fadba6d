import { setTimeout as delay } from 'node:timers/promises';
import { asKafkaFailure, type KafkaAdmin, KafkaFailure } from '@citystreams/kafka';
import type { PlaneAnswer } from './plane-answer.js';
import { type BrokerAnswer, EVERYBODY } from './topic-rights.js';

/** Rights reach a broker some milliseconds after the controller acknowledged them. */
const PAUSE_MS = 20;
const PATIENCE_MS = 1_000;

/** Asks every broker by its address what it lists for the principals and for everybody. Throws if one does not answer. */
export async function askBrokers(
  admin: KafkaAdmin,
  topic: string,
  principals: readonly string[],
): Promise<BrokerAnswer[]> {
  const brokers = await admin.brokers();
  return Promise.all(
    brokers.map(async ({ id, address }) => {
      const lists = [...principals, EVERYBODY].map((principal) =>
        admin.listRules(address, { resourceType: 'topic', resourceName: topic, principal: `User:${principal}` }),
      );
      const rules = (await Promise.all(lists).catch((error: unknown) => unanswered(address, error))).flat();
      return { broker: id, address, answeredAt: new Date(), rules };
    }),
  );
}

function unanswered(address: string, error: unknown): never {
  const { code, message } = asKafkaFailure(error);
  throw new KafkaFailure(code, `broker ${address} does not answer: ${message}`, { cause: error });
}

export interface Polled {
  brokers: BrokerAnswer[];
  answer: PlaneAnswer;
}

/** Asks until the brokers show what is wanted, for at most a second; the last answer counts either way. */
export async function pollBrokers(
  ask: () => Promise<BrokerAnswer[]>,
  judge: (brokers: readonly BrokerAnswer[]) => PlaneAnswer,
): Promise<Polled> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const brokers = await ask();
    const answer = judge(brokers);
    if (answer.answer === 'wanted' || Date.now() >= until) return { brokers, answer };
    await delay(PAUSE_MS);
  }
}
