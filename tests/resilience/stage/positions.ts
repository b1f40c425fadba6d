/**
 * Which source positions a router has committed for a view: read from its consumer groups, whatever client it uses.
 *
 *   citystreams.router.catchup.<ULID>    the view's seat: with the state `adopted` in the metadata of its offset it goes
 *                                        with the shared reading, with any other its own offset counts
 *   citystreams.router.shared            the shared readings
 */
import { offsetFetchV9 } from '@platformatic/kafka';
import type { Ulid } from '@citystreams/contracts';
import { assertNone, type Wire } from '../wire/connections.js';

interface Committed {
  readonly offset: bigint;
  readonly metadata: string;
}

async function committedOffsets(
  wire: Wire,
  group: string,
  topic: string,
  partitions: number,
): Promise<Map<number, Committed>> {
  const topics = [{ name: topic, partitionIndexes: Array.from({ length: partitions }, (_, p) => p) }];
  const asked = [{ groupId: group, memberId: null, memberEpoch: -1, topics }];
  const answer = await wire.coordinator('group', group, offsetFetchV9.api, asked, true);
  const found = answer.groups[0];
  assertNone(found?.errorCode ?? 0, `group ${group}`);
  const offsets = new Map<number, Committed>();
  for (const { partitionIndex, committedOffset, metadata, errorCode } of found?.topics[0]?.partitions ?? []) {
    assertNone(errorCode, `group ${group}`);
    if (committedOffset >= 0n) offsets.set(partitionIndex, { offset: committedOffset, metadata: metadata ?? '' });
  }
  return offsets;
}

/** Waits for pending transactions that would move them. A partition without a position is missing. */
export async function positionsOfView(
  wire: Wire,
  view: Ulid,
  topic: string,
  partitions: number,
): Promise<Map<number, bigint>> {
  const ask = (group: string) => committedOffsets(wire, group, topic, partitions);
  const seats = await ask(`citystreams.router.catchup.${view}`);
  const shared = await ask('citystreams.router.shared');
  const positions = new Map<number, bigint>();
  for (let partition = 0; partition < partitions; partition += 1) {
    const seat = seats.get(partition);
    const found = seat !== undefined && isAdopted(seat.metadata) ? shared.get(partition) : seat;
    if (found !== undefined) positions.set(partition, found.offset);
  }
  return positions;
}

function isAdopted(metadata: string): boolean {
  try {
    return (JSON.parse(metadata) as { state?: string }).state === 'adopted';
  } catch {
    return false;
  }
}
