/** Reads what is committed. Called while a sender is open, so that nothing of this identity is still on its way. */
import type { StreamName, Ulid } from '@citystreams/contracts';
import type { DataPath } from '@citystreams/kafka';
import type { PartitionFacts, SeatFacts } from '../seats/opening.js';
import { firstRouterGroupOf, SHARED_GROUP, viewGroupOf } from './groups.js';
import { seatMark, sharedMark } from './stored.position.js';

export type StreamPartitions = ReadonlyMap<string, readonly number[]>;
type ByPartition<T> = Map<number, T>;

/**
 * A transaction commits the shared position and the seats of a partition together, the shared one under its member's
 * generation. So whoever holds the partition now reads the shared position first: no transaction of a former holder that
 * it could miss is still to come, and the seats read after it belong to it.
 */
export class PositionStore {
  constructor(private readonly path: Pick<DataPath, 'committedPositions'>) {}

  /** By stream and partition; null: nothing is committed. Throws `UnreadableMark`, `KafkaFailure`. */
  async shared(partitions: StreamPartitions): Promise<Map<string, ByPartition<PartitionFacts['stored']>>> {
    const committed = await this.path.committedPositions(SHARED_GROUP, partitions);
    return mapEach(committed, (position) => {
      if (position === null) return null;
      const { topicId, refused, order } = sharedMark.parse(position.metadata);
      return { offset: position.offset, topicId, refused, order };
    });
  }

  async seats(
    view: Ulid,
    stream: StreamName,
    partitions: readonly number[],
  ): Promise<ByPartition<SeatFacts['stored']>> {
    const committed = await this.path.committedPositions(viewGroupOf(view), new Map([[stream, partitions]]));
    const seats = mapEach(committed, (position) =>
      position === null ? null : seatMark.parse(position.metadata, position.offset),
    );
    return seats.get(stream) ?? new Map();
  }

  /** Where the first router screened a stream up to. */
  async firstScreening(stream: StreamName, partitions: readonly number[]): Promise<ByPartition<number | null>> {
    return this.#offsets(firstRouterGroupOf.screening(stream), stream, partitions);
  }

  /** Where the first router's pipeline of a view was. */
  async firstPipeline(
    view: Ulid,
    stream: StreamName,
    partitions: readonly number[],
  ): Promise<ByPartition<number | null>> {
    return this.#offsets(firstRouterGroupOf.view(view), stream, partitions);
  }

  async #offsets(
    group: string,
    stream: StreamName,
    partitions: readonly number[],
  ): Promise<ByPartition<number | null>> {
    const committed = await this.path.committedPositions(group, new Map([[stream, partitions]]));
    return mapEach(committed, (position) => position?.offset ?? null).get(stream) ?? new Map();
  }
}

function mapEach<A, B>(
  all: ReadonlyMap<string, ReadonlyMap<number, A>>,
  to: (one: A) => B,
): Map<string, ByPartition<B>> {
  return new Map(
    [...all].map(([topic, byPartition]) => [topic, new Map([...byPartition].map(([p, one]) => [p, to(one)]))]),
  );
}
