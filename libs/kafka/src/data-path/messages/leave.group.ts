import type { MemberIdentity } from './heartbeat.js';
import type { Message } from './message.js';

/**
 * LeaveGroup, key 13, version 5, one static member. The answer here is the first error code that is not 0:
 *
 *     request   compact string group, compact array: compact strings member id, instance id, reason
 *     answer    int32 throttle ms, int16 error code, compact array: compact strings member id, instance id;
 *               int16 error code
 */
export const LEAVE_GROUP: Message<Omit<MemberIdentity, 'generation'>, number> = {
  name: 'LeaveGroup',
  key: 13,
  version: 5,
  header: 'flexible',
  write(to, { group, memberId, instanceId }) {
    to.compactString(group).count(1);
    to.compactString(memberId).compactString(instanceId).compactString('drained').noTags().noTags();
  },
  read(from) {
    from.int32();
    let errorCode = from.int16();
    for (let left = from.count(); left > 0; left--) {
      from.compactString();
      from.compactString();
      errorCode ||= from.int16();
      from.skipTags();
    }
    return errorCode;
  },
};
