import { KafkaFailure } from '../../failure.js';
import { API_VERSIONS, type ApiVersionsAnswer } from '../messages/api.versions.js';
import { END_TXN } from '../messages/end.txn.js';
import { FIND_COORDINATOR } from '../messages/find.coordinator.js';
import { HEARTBEAT } from '../messages/heartbeat.js';
import { INIT_PRODUCER_ID } from '../messages/init.producer.id.js';
import { JOIN_GROUP } from '../messages/join.group.js';
import { LEAVE_GROUP } from '../messages/leave.group.js';
import { LIST_OFFSETS } from '../messages/list.offsets.js';
import { METADATA } from '../messages/metadata.js';
import { OFFSET_FETCH } from '../messages/offset.fetch.js';
import { PRODUCE } from '../messages/produce.js';
import { SYNC_GROUP } from '../messages/sync.group.js';
import { TXN_OFFSET_COMMIT } from '../messages/txn.offset.commit.js';
import { FETCH } from '../messages/fetch.js';

const REQUIRED = [
  API_VERSIONS,
  END_TXN,
  FETCH,
  FIND_COORDINATOR,
  HEARTBEAT,
  INIT_PRODUCER_ID,
  JOIN_GROUP,
  LEAVE_GROUP,
  LIST_OFFSETS,
  METADATA,
  OFFSET_FETCH,
  PRODUCE,
  SYNC_GROUP,
  TXN_OFFSET_COMMIT,
];
/** The cluster's agreement on transaction protocol 2; without it a broker takes the requests and treats them as older. */
const TRANSACTIONS = { feature: 'transaction.version', level: 2 };

/** What a broker lacks of what we speak; undefined: nothing. */
export function missingIn(
  { errorCode, versions, features }: ApiVersionsAnswer,
  broker: string,
): KafkaFailure | undefined {
  const lacking = (what: string) =>
    new KafkaFailure('OTHER', `Broker ${broker} does not know ${what}; Kafka 4.0 or newer is needed`);
  if (errorCode !== 0) return lacking(`ApiVersions version ${API_VERSIONS.version}`);
  for (const { name, key, version } of REQUIRED) {
    const known = versions.get(key);
    if (known === undefined || known.min > version || known.max < version) return lacking(`${name} version ${version}`);
  }
  const { feature, level } = TRANSACTIONS;
  return (features.get(feature) ?? 0) < level ? lacking(`${feature}=${level}`) : undefined;
}
