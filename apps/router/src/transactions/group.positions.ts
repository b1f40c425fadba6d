/** What one transaction commits: the shared positions under the member's generation, everything else in groups of its own. */
import { quarantineTopicOf } from '@citystreams/contracts';
import type { Assignment, GroupPositions } from '@citystreams/kafka';
import { redriveGroupOf, SHARED_GROUP, viewGroupOf } from '../positions/groups.js';
import { redriveMark, seatMark, sharedMark } from '../positions/stored.position.js';
import type { DeskChange } from '../readings/partition.desk.js';
import { changedSeats } from '../seats/partition.ledger.js';

type Positions = GroupPositions['positions'][number][];

/**
 * The shared position of every partition of which anything is committed comes first: it is what a former holder of the
 * partition is refused by.
 */
export function groupPositions(changes: readonly DeskChange[], assignment: Assignment): GroupPositions[] {
  const { memberId, generation, instanceId } = assignment;
  const shared: Positions = [];
  const others = new Map<string, Positions>();
  const add = (group: string, position: Positions[number]): void => {
    const positions = others.get(group) ?? [];
    positions.push(position);
    others.set(group, positions);
  };
  for (const { place, before, after, redrive } of changes) {
    const { stream: topic, partition, topicId } = place;
    const { refused, order } = after;
    shared.push({ topic, partition, offset: after.shared, metadata: sharedMark.text({ topicId, refused, order }) });
    for (const [view, seat] of changedSeats(before, after)) {
      add(viewGroupOf(view), { topic, partition, offset: seat.position, metadata: seatMark.text(seat, topicId) });
    }
    if (redrive !== null) {
      const { offset, order, isDone: done, delivered, refused: still } = redrive;
      const metadata = redriveMark.text({ order, done, delivered, refused: still });
      add(redriveGroupOf(topic), { topic: quarantineTopicOf(topic), partition, offset, metadata });
    }
  }
  return [
    { group: SHARED_GROUP, member: { memberId, generation, instanceId }, positions: shared },
    ...[...others].map(([group, positions]) => ({ group, member: null, positions })),
  ];
}
