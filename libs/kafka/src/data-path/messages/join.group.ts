import type { Message } from './message.js';

/** The type of groups whose members share the partitions of topics. */
export const CONSUMER = 'consumer';

export interface JoinGroupRequest {
  group: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  /** Empty for one who does not know what the group calls him. */
  memberId: string;
  instanceId: string;
  protocol: string;
  subscription: Buffer;
  /** For the broker's log. */
  reason: string;
}

export interface JoinGroupAnswer {
  errorCode: number;
  generation: number;
  leader: string;
  /** The leader is to leave the assignment as it is: it came back and nothing else changed. */
  skipAssignment: boolean;
  memberId: string;
  /** For the leader only. */
  members: { memberId: string; instanceId: string | null; subscription: Buffer }[];
}

/**
 * JoinGroup, key 11, version 9, with one protocol; answered when every member has joined:
 *
 *     request   compact string group, int32 session timeout ms, int32 rebalance timeout ms, compact strings: member id,
 *               instance id, protocol type; compact array: compact string protocol, compact bytes subscription;
 *               compact string reason
 *     answer    int32 throttle ms, int16 error code, int32 generation, compact strings: protocol type, protocol, leader;
 *               bool skip assignment, compact string member id,
 *               compact array: compact strings member id, instance id, compact bytes subscription
 */
export const JOIN_GROUP: Message<JoinGroupRequest, JoinGroupAnswer> = {
  name: 'JoinGroup',
  key: 11,
  version: 9,
  header: 'flexible',
  write(to, request) {
    to.compactString(request.group).int32(request.sessionTimeoutMs).int32(request.rebalanceTimeoutMs);
    to.compactString(request.memberId).compactString(request.instanceId).compactString(CONSUMER);
    to.count(1).compactString(request.protocol).compactBytes(request.subscription).noTags();
    to.compactString(request.reason).noTags();
  },
  read(from) {
    from.int32();
    const [errorCode, generation] = [from.int16(), from.int32()];
    from.compactString();
    from.compactString();
    const answer: JoinGroupAnswer = {
      errorCode,
      generation,
      leader: from.compactText(),
      skipAssignment: from.boolean(),
      memberId: from.compactText(),
      members: [],
    };
    for (let left = from.count(); left > 0; left--) {
      const [memberId, instanceId] = [from.compactText(), from.compactString()];
      answer.members.push({ memberId, instanceId, subscription: from.compactBytes() });
      from.skipTags();
    }
    return answer;
  },
};
