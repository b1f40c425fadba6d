import type { Message } from './message.js';

export const COORDINATOR_KINDS = { group: 0, transaction: 1 } as const;
export type CoordinatorKind = keyof typeof COORDINATOR_KINDS;

export interface FindCoordinatorAnswer {
  errorCode: number;
  nodeId: number;
  host: string;
  port: number;
}

/**
 * FindCoordinator, key 10, version 4, for one key:
 *
 *     request   int8 kind, compact array: compact string key
 *     answer    int32 throttle ms, compact array: compact string key, int32 node id, compact string host, int32 port,
 *               int16 error code, compact string error message
 *
 * Of kind `transaction` it also makes the transaction log on a cluster that has none yet.
 */
export const FIND_COORDINATOR: Message<{ kind: CoordinatorKind; key: string }, FindCoordinatorAnswer | undefined> = {
  name: 'FindCoordinator',
  key: 10,
  version: 4,
  header: 'flexible',
  write(to, { kind, key }) {
    to.int8(COORDINATOR_KINDS[kind]).count(1).compactString(key).noTags();
  },
  read(from) {
    from.int32();
    let found: FindCoordinatorAnswer | undefined;
    for (let left = from.count(); left > 0; left--) {
      from.compactString();
      const [nodeId, host, port] = [from.int32(), from.compactText(), from.int32()];
      found = { errorCode: from.int16(), nodeId, host, port };
      from.compactString();
      from.skipTags();
    }
    return found;
  },
};
