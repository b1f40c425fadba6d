/**
 * What Kafka holds for a city besides its views: for each stream its source and quarantine, for each agency its notices,
 * for each service account the names it may use. Pure: from what was announced and from the offices.
 */
import {
  type AgencyId,
  agencyOf,
  DAY_MS,
  noticeTopicOf,
  type PrincipalId,
  quarantineTopicOf,
  type StreamMessage,
} from '@citystreams/contracts';
import type { AccessRule } from '@citystreams/kafka';

export interface WantedTopic {
  name: string;
  partitions: number;
  configs: Readonly<Record<string, string>>;
}

export interface PlatformObjects {
  topics: WantedTopic[];
  rules: AccessRule[];
}

const NOTICES_KEPT_MS = 90 * DAY_MS;
/** Records lie there with their place in front, so it takes longer ones than any source. */
const QUARANTINE_MOST_BYTES = 16 << 20;
const ROUTER = 'citystreams.router';
const CATALOGUE = 'citystreams.catalogue';

type Operation = AccessRule['operation'];

const allow = (
  principal: string,
  resource: Pick<AccessRule, 'resourceType' | 'resourceName' | 'pattern'>,
  operations: readonly Operation[],
): AccessRule[] =>
  operations.map((operation) => ({ principal: `User:${principal}`, ...resource, operation, permission: 'allow' }));

export const topicRules = (principal: string, topic: string, operations: readonly Operation[]): AccessRule[] =>
  allow(principal, { resourceType: 'topic', resourceName: topic, pattern: 'literal' }, operations);

/**
 * Source and quarantine keep events equally long; only its publishers write a source, only the router reads it. The
 * catalogue sees how far it is, and nothing in it.
 */
export function objectsOfStream(stream: StreamMessage): PlatformObjects {
  const { partitions } = stream;
  const configs = { 'cleanup.policy': 'delete', 'retention.ms': String(stream.retentionMs) };
  return {
    topics: [
      { name: stream.stream, partitions, configs: { ...configs, 'message.timestamp.type': 'CreateTime' } },
      {
        name: quarantineTopicOf(stream.stream),
        partitions,
        configs: { ...configs, 'max.message.bytes': String(QUARANTINE_MOST_BYTES) },
      },
    ],
    rules: [
      ...stream.publishers.flatMap((publisher) => topicRules(publisher, stream.stream, ['write', 'describe'])),
      ...topicRules(ROUTER, stream.stream, ['read', 'describe']),
      ...topicRules(CATALOGUE, stream.stream, ['describe']),
    ],
  };
}

export const objectsOfAgency = (agency: AgencyId): PlatformObjects => ({
  topics: [
    {
      name: noticeTopicOf(agency),
      partitions: 1,
      configs: { 'cleanup.policy': 'delete', 'retention.ms': String(NOTICES_KEPT_MS) },
    },
  ],
  rules: [],
});

/** Names begin with the client id and a dot, so that no account can reach into the names of another. */
export function objectsOfAccount(account: PrincipalId): PlatformObjects {
  const named = { resourceName: `${account}.`, pattern: 'prefixed' } as const;
  return {
    topics: [],
    rules: [
      ...allow(account, { resourceType: 'group', ...named }, ['read', 'describe']),
      ...allow(account, { resourceType: 'transactional-id', ...named }, ['write', 'describe']),
      ...topicRules(account, noticeTopicOf(agencyOf(account) as AgencyId), ['read', 'describe']),
    ],
  };
}

/**
 * Of the rules on a source topic, those that let somebody write who is no publisher (any more). Rules of another pattern
 * are not about this topic alone and stay.
 */
export function outlivedRules(stream: StreamMessage, found: readonly AccessRule[]): AccessRule[] {
  const publishers = new Set<string>(stream.publishers.map((publisher) => `User:${publisher}`));
  const writers = new Set(found.filter(({ operation }) => operation === 'write').map(({ principal }) => principal));
  return found.filter(
    ({ principal, permission, pattern, resourceName, operation }) =>
      permission === 'allow' &&
      pattern === 'literal' &&
      resourceName === stream.stream &&
      (operation === 'write' || operation === 'describe') &&
      writers.has(principal) &&
      !publishers.has(principal),
  );
}
