/**
 * How far somebody has got: positions committed for the source's partitions, asked of the broker as everybody could.
 * Exactly-once programs commit positions and output together, so what lies below them is readable.
 */
import { kafkajsSettings } from '@citystreams/kafka';
import kafkajs, { type Admin } from 'kafkajs';
import type { Stand } from '../stand/stand.js';

const { Kafka, KafkaJSError, logLevel } = kafkajs;

export interface Progress {
  /** Source records whose outcome is committed, over all partitions; with several groups, the least of them. */
  committed(): Promise<number>;
  close(): Promise<void>;
}

export async function openProgress(stand: Stand, source: string, groups: readonly string[]): Promise<Progress> {
  const admin = await connected(stand);
  let known = 0;
  return {
    async committed() {
      const sums = await Promise.all(groups.map((groupId) => committedOf(admin, groupId, source)));
      known = Math.max(known, Math.min(...sums));
      return known;
    },
    close: () => admin.disconnect(),
  };
}

async function connected(stand: Stand): Promise<Admin> {
  const admin = new Kafka({ ...kafkajsSettings(stand.internal), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  return admin;
}

/** What cannot be told for the moment, because the group is being loaded or moved, counts as nothing yet. */
async function committedOf(admin: Admin, groupId: string, topic: string): Promise<number> {
  try {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  } catch (error) {
    if (error instanceof KafkaJSError && error.retriable) return 0;
    throw error;
  }
}
