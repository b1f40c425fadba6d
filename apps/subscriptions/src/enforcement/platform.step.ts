import { createHash } from 'node:crypto';
import type { StreamMessage } from '@citystreams/contracts';
import type { KafkaAdmin } from '@citystreams/kafka';
import { Injectable, Logger } from '@nestjs/common';
import { City } from '../policy/city.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import {
  objectsOfAccount,
  objectsOfAgency,
  objectsOfStream,
  outlivedRules,
  type PlatformObjects,
  type WantedTopic,
} from './platform-objects.js';

/** How often everything is looked at again although nothing seems to have changed. */
const REPAIR_MS = 60_000;
const RETENTION = 'retention.ms';

/**
 * Makes the topics and rights that do not hang on a decision, keeps events as long as their stream says, and takes the
 * right to write a source topic from who is no publisher of it any more. What else is there too much is not its to remove.
 */
@Injectable()
export class PlatformStep {
  private readonly logger = new Logger('platform-objects');
  /** Digest of what is known to be there, and until when that is believed. */
  private done = { digest: '', until: 0 };
  /** The publishers and the retention for which a stream was looked through. */
  private readonly swept = new Map<string, string>();

  constructor(
    private readonly streams: StreamDirectory,
    private readonly city: City,
  ) {}

  /** Throws KafkaFailure; what was made by then stays. */
  async run(admin: KafkaAdmin): Promise<void> {
    const wanted = this.wanted();
    const digest = createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
    if (digest === this.done.digest && Date.now() < this.done.until) return;
    const there = new Set(await admin.topicNames());
    // Rights first: who waits for a topic to appear may use it at once.
    await admin.allow(wanted.rules);
    for (const topic of wanted.topics) {
      if (there.has(topic.name)) continue;
      if ((await admin.createTopic(topic)) === 'created') this.logger.log(`topic ${topic.name} is created`);
    }
    await this.sweep(admin);
    this.done = { digest, until: Date.now() + REPAIR_MS };
  }

  /** After a start, every stream once; then those of which something changed. */
  private async sweep(admin: KafkaAdmin): Promise<void> {
    const due = this.streams.all().filter((stream) => this.swept.get(stream.stream) !== stateOf(stream));
    const [broker] = due.length === 0 ? [] : await admin.brokers();
    if (broker === undefined) return;
    for (const stream of due) {
      const filter = { resourceType: 'topic', resourceName: stream.stream, principal: null } as const;
      const outlived = outlivedRules(stream, await admin.listRules(broker.address, filter));
      const removed = await admin.removeRules(outlived);
      for (const { principal, operation } of removed)
        this.logger.log(`${principal} may not ${operation} ${stream.stream} any more`);
      for (const topic of objectsOfStream(stream).topics) await this.keepAsLong(admin, topic);
      this.swept.set(stream.stream, stateOf(stream));
    }
  }

  private async keepAsLong(admin: KafkaAdmin, { name, configs }: WantedTopic): Promise<void> {
    const retention = configs[RETENTION] ?? '';
    const found = await admin.describeTopic(name);
    if (found === null || found.configs[RETENTION] === retention) return;
    await admin.setTopicConfigs(name, { [RETENTION]: retention });
    this.logger.log(`topic ${name} keeps its records for ${retention} ms`);
  }

  /** The next run looks at everything again: another replica may have had the work meanwhile. */
  forget(): void {
    this.done = { digest: '', until: 0 };
    this.swept.clear();
  }

  private wanted(): PlatformObjects {
    const parts = [
      ...this.streams.all().map(objectsOfStream),
      ...this.city.agencies.map(objectsOfAgency),
      ...[...this.city.serviceAccounts].map(objectsOfAccount),
    ];
    return { topics: parts.flatMap((p) => p.topics), rules: parts.flatMap((p) => p.rules) };
  }
}

const stateOf = ({ publishers, retentionMs }: StreamMessage): string =>
  `${publishers.toSorted().join(' ')} ${retentionMs}`;
