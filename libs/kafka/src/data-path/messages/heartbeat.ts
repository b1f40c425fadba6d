import type { Message } from './message.js';

/** A static member as its group knows it. */
export interface MemberIdentity {
  group: string;
  generation: number;
  memberId: string;
  instanceId: string;
}

/**
 * Heartbeat, key 12, version 4. The answer here is its error code:
 *
 *     request   compact string group, int32 generation, compact strings: member id, instance id
 *     answer    int32 throttle ms, int16 error code
 */
export const HEARTBEAT: Message<MemberIdentity, number> = {
  name: 'Heartbeat',
  key: 12,
  version: 4,
  header: 'flexible',
  write(to, { group, generation, memberId, instanceId }) {
    to.compactString(group).int32(generation).compactString(memberId).compactString(instanceId).noTags();
  },
  read(from) {
    from.int32();
    return from.int16();
  },
};
