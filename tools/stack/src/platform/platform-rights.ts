/** What the platform's own principals may do on Kafka, and the topics they talk over. Everything else is granted from decisions. */
import { CONTROL_TOPICS, type PlatformPrincipal, QUARANTINE_NEWS_MS } from '@citystreams/contracts';
import type { AccessRule } from '@citystreams/kafka';

type Operation = AccessRule['operation'];
type Resource = Pick<AccessRule, 'resourceType' | 'resourceName' | 'pattern'>;

const topic = (resourceName: string): Resource => ({ resourceType: 'topic', resourceName, pattern: 'literal' });
const topics = (prefix: string): Resource => ({ resourceType: 'topic', resourceName: prefix, pattern: 'prefixed' });
const everyTopic: Resource = { resourceType: 'topic', resourceName: '*', pattern: 'literal' };
const cluster: Resource = { resourceType: 'cluster', resourceName: 'kafka-cluster', pattern: 'literal' };
const groups = (prefix: string): Resource => ({ resourceType: 'group', resourceName: prefix, pattern: 'prefixed' });
const transactions = (prefix: string): Resource => ({
  resourceType: 'transactional-id',
  resourceName: prefix,
  pattern: 'prefixed',
});

/** READ and WRITE imply DESCRIBE. The gateway holds rights only where HTTP is enabled for somebody, so none from here. */
const RIGHTS: Readonly<Record<PlatformPrincipal, readonly (readonly [Resource, readonly Operation[]])[]>> = {
  'citystreams.catalogue': [
    [topic(CONTROL_TOPICS.streams), ['write']],
    [topic(CONTROL_TOPICS.views), ['read']],
    [topic(CONTROL_TOPICS.entitlements), ['read']],
  ],
  'citystreams.subscriptions': [
    [topic(CONTROL_TOPICS.entitlements), ['write']],
    [topic(CONTROL_TOPICS.views), ['write']],
    [topic(CONTROL_TOPICS.routerOrders), ['write']],
    [topic(CONTROL_TOPICS.auditHeads), ['write']],
    [topics('notice.'), ['write']],
    [topic(CONTROL_TOPICS.streams), ['read']],
    [topic(CONTROL_TOPICS.viewStatus), ['read']],
    [topic(CONTROL_TOPICS.routerStatus), ['read']],
    [topic(CONTROL_TOPICS.quarantine), ['read']],
  ],
  'citystreams.enforcement': [
    [cluster, ['alter', 'alter-configs', 'describe', 'describe-configs', 'create']],
    [everyTopic, ['delete', 'alter', 'alter-configs', 'describe', 'describe-configs']],
    [topics('citystreams.'), ['read']],
  ],
  'citystreams.router': [
    [topics('citystreams.'), ['read']],
    [topic(CONTROL_TOPICS.viewStatus), ['write']],
    [topic(CONTROL_TOPICS.routerStatus), ['write']],
    [topic(CONTROL_TOPICS.quarantine), ['write']],
    [topics('view.'), ['write', 'describe']],
    // It reads again what it put there, when somebody orders that.
    [topics('quarantine.'), ['read', 'write', 'describe']],
    [groups('citystreams.router'), ['read', 'describe']],
    [transactions('citystreams.router'), ['write', 'describe']],
  ],
  'citystreams.gateway': [],
};

export const PLATFORM_RULES: readonly AccessRule[] = Object.entries(RIGHTS).flatMap(([principal, rights]) =>
  rights.flatMap(([resource, operations]) =>
    operations.map((operation) => ({
      principal: `User:${principal}`,
      ...resource,
      operation,
      permission: 'allow' as const,
    })),
  ),
);

const COMPACTED = { 'cleanup.policy': 'compact' } as const;

const KEPT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [CONTROL_TOPICS.quarantine]: { 'cleanup.policy': 'delete', 'retention.ms': String(QUARANTINE_NEWS_MS) },
  [CONTROL_TOPICS.auditHeads]: { 'cleanup.policy': 'delete', 'retention.ms': '-1' },
};

/**
 * How each control topic is kept. Compacted: the last message of each key is the state, for as long as the platform
 * lives. What was quarantined is news, and goes after a while; every head of the evidence chain stays.
 */
export const CONTROL_TOPIC_CONFIGS: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.fromEntries(
  Object.values(CONTROL_TOPICS).map((name) => [name, KEPT[name] ?? COMPACTED]),
);
