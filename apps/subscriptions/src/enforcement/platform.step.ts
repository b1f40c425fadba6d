import { createHash } from 'node:crypto';
import type { KafkaAdmin } from '@citystreams/kafka';
import { Injectable, Logger } from '@nestjs/common';
import { City } from '../policy/city.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import { objectsOfAccount, objectsOfAgency, objectsOfStream, type PlatformObjects } from './platform-objects.js';

/** How often everything is looked at again although nothing seems to have changed. */
const REPAIR_MS = 60_000;

/** Makes the topics and rights that do not hang on a decision. Adds only: what is there too much is not its to remove. */
@Injectable()
export class PlatformStep {
  private readonly logger = new Logger('platform-objects');
  /** Digest of what is known to be there, and until when that is believed. */
  private done = { digest: '', until: 0 };

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
    this.done = { digest, until: Date.now() + REPAIR_MS };
  }

  /** The next run looks at everything again: another replica may have had the work meanwhile. */
  forget(): void {
    this.done = { digest: '', until: 0 };
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
