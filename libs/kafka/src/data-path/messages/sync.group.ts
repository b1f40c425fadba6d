import type { MemberIdentity } from './heartbeat.js';
import { CONSUMER } from './join.group.js';
import type { Message } from './message.js';

export interface SyncGroupRequest extends MemberIdentity {
  protocol: string;
  /** From the leader, by member id; from the others nothing. */
  assignments: ReadonlyMap<string, Buffer>;
}

export interface SyncGroupAnswer {
  errorCode: number;
  assignment: Buffer;
}

/**
 * SyncGroup, key 14, version 5; answered when the leader has sent the assignment:
 *
 *     request   compact string group, int32 generation, compact strings: member id, instance id, protocol type, protocol;
 *               compact array: compact string member id, compact bytes assignment
 *     answer    int32 throttle ms, int16 error code, compact strings: protocol type, protocol; compact bytes assignment
 */
export const SYNC_GROUP: Message<SyncGroupRequest, SyncGroupAnswer> = {
  name: 'SyncGroup',
  key: 14,
  version: 5,
  header: 'flexible',
  write(to, { group, generation, memberId, instanceId, protocol, assignments }) {
    to.compactString(group).int32(generation).compactString(memberId).compactString(instanceId);
    to.compactString(CONSUMER).compactString(protocol).count(assignments.size);
    for (const [member, assignment] of assignments) to.compactString(member).compactBytes(assignment).noTags();
    to.noTags();
  },
  read(from) {
    from.int32();
    const errorCode = from.int16();
    from.compactString();
    from.compactString();
    return { errorCode, assignment: from.compactBytes() };
  },
};
