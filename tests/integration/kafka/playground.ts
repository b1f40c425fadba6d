import {
  type AccessRule,
  type KafkaAdmin,
  type KafkaSettings,
  openAdmin,
  type OutgoingRecord,
} from '@citystreams/kafka';
import { stack, type TestStack } from '@citystreams/testing';

/** Topics, accounts and rights of one spec file, and what opens for a test closes after it. */
export interface Playground {
  readonly stack: TestStack;
  readonly admin: KafkaAdmin;
  /** As the brokers' internal principal. */
  readonly root: KafkaSettings;
  /** Begins every name of this spec file. */
  readonly prefix: string;
  /** Creates it and waits until it can be used. */
  topic(partitions?: number, configs?: Record<string, string>): Promise<string>;
  account(service: string, tokenSeconds?: number): Promise<KafkaSettings>;
  allow(account: KafkaSettings, operation: AccessRule['operation'], topic: string): Promise<AccessRule>;
  allowGroup(account: KafkaSettings, group: string): Promise<void>;
  closing<T extends { close(): unknown }>(opened: T): T;
  closeOpened(): Promise<void>;
  close(): Promise<void>;
}

export function openPlayground(): Playground {
  const door = stack();
  const prefix = door.freshTopicPrefix();
  const admin = openAdmin(door.internalKafka);
  const topics: string[] = [];
  const accounts: { close(): void }[] = [];
  let opened: { close(): unknown }[] = [];
  const rule = (account: KafkaSettings, more: Pick<AccessRule, 'resourceType' | 'resourceName' | 'operation'>) =>
    ({ principal: `User:${account.clientId}`, pattern: 'literal', permission: 'allow', ...more }) as const;
  return {
    stack: door,
    admin,
    root: door.internalKafka,
    prefix,
    async topic(partitions = 2, configs = {}) {
      const name = `${prefix}city.events-${topics.length}`;
      topics.push(name);
      await admin.createTopic({ name, partitions, configs });
      await admin.waitForTopic(name);
      return name;
    },
    async account(service, tokenSeconds) {
      const options = tokenSeconds === undefined ? {} : { tokenSeconds };
      const account = await door.connectAs(`${prefix}city.${service}`, options);
      accounts.push(account);
      return account.settings;
    },
    async allow(account, operation, topic) {
      const right = rule(account, { resourceType: 'topic', resourceName: topic, operation });
      await admin.allow([right]);
      return right;
    },
    async allowGroup(account, group) {
      await admin.allow([rule(account, { resourceType: 'group', resourceName: group, operation: 'read' })]);
    },
    closing(one) {
      opened.push(one);
      return one;
    },
    async closeOpened() {
      const closing = opened.reverse();
      opened = [];
      for (const one of closing) await one.close();
    },
    async close() {
      for (const topic of topics) await admin.deleteTopic(topic);
      for (const account of accounts) account.close();
      await admin.close();
    },
  };
}

export const recordOf = (topic: string, partition: number, value: string | null): OutgoingRecord => ({
  topic,
  partition,
  key: null,
  value: value === null ? null : Buffer.from(value),
  headers: [],
});
