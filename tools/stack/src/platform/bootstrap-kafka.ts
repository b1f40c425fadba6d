/** Control topics and the platform's own rights: made as the brokers' internal principal, or checked where we hold none. */
import { type KafkaSettings, openAdmin } from '@citystreams/kafka';
import { CONTROL_TOPIC_CONFIGS, PLATFORM_RULES } from './platform-rights.js';

/** Safe to repeat: what is there stays. The settings must be those of the brokers' internal principal. @throws KafkaFailure */
export async function bootstrapKafka(internal: KafkaSettings): Promise<void> {
  const admin = openAdmin(internal);
  try {
    await Promise.all(
      Object.entries(CONTROL_TOPIC_CONFIGS).map(([name, configs]) =>
        admin.createTopic({ name, partitions: 1, configs }),
      ),
    );
    await admin.allow(PLATFORM_RULES);
    await Promise.all(Object.keys(CONTROL_TOPIC_CONFIGS).map((name) => admin.waitForTopic(name)));
  } finally {
    await admin.close();
  }
}

/**
 * For a cluster that its operator prepared: what is missing, one line each; nothing missing is an empty answer.
 * The settings are `citystreams.enforcement`'s, who may describe topics and rights. @throws KafkaFailure
 */
export async function checkKafka(enforcement: KafkaSettings): Promise<string[]> {
  const admin = openAdmin(enforcement);
  try {
    const brokers = await admin.brokers();
    const address = brokers[0]?.address ?? '';
    const missing: string[] = [];
    for (const [name, configs] of Object.entries(CONTROL_TOPIC_CONFIGS)) {
      const topic = await admin.describeTopic(name);
      if (topic === null) missing.push(`topic ${name}: not there`);
      else if (topic.partitions !== 1) missing.push(`topic ${name}: has ${topic.partitions} partitions, needs 1`);
      else if (topic.configs['cleanup.policy'] !== configs['cleanup.policy'])
        missing.push(`topic ${name}: cleanup.policy is not ${configs['cleanup.policy']}`);
    }
    for (const rule of PLATFORM_RULES) {
      const { resourceType, resourceName, principal } = rule;
      const listed = await admin.listRules(address, { resourceType, resourceName, principal });
      const found = listed.some(
        (other) =>
          other.permission === 'allow' &&
          other.resourceName === resourceName &&
          other.pattern === rule.pattern &&
          (other.operation === rule.operation || other.operation === 'all'),
      );
      if (!found) missing.push(`${principal}: ${rule.operation} on ${resourceType} ${resourceName} (${rule.pattern})`);
    }
    return missing;
  } finally {
    await admin.close();
  }
}
