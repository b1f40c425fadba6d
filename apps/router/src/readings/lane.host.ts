import type { StreamName } from '@citystreams/contracts';
import type { KafkaFailure } from '@citystreams/kafka';
import type { ViewFault } from '../projection/view.fault.js';
import type { PartitionDesk } from './partition.desk.js';

/** What the lanes need of the router around them. */
export interface LaneHost {
  desks(): Iterable<PartitionDesk>;
  desk(stream: StreamName, partition: number): PartitionDesk | undefined;
  /** False while nothing more is to be fetched: too much is in hand, or a transaction is being given up. */
  mayFetch(): boolean;
  /** False while nothing may be handled: what a fetch brought is dropped, and fetched again later. */
  mayTake(): boolean;
  /** Bytes that the next fetch should bring at most. */
  room(): number;
  /** So many bytes of a source came, and will be handled now. */
  came(bytes: number): void;
  /** Something is there to commit. */
  moved(): void;
  /** One view cannot go on; what was written since the last commit must be given up. */
  viewFailed(desk: PartitionDesk, fault: ViewFault): void;
  /** The source partition cannot be read; null: it can again. */
  sourceFailed(desk: PartitionDesk, failure: KafkaFailure | null): void;
  /** The partition waits for something, or does not any more. */
  waitingChanged(desk: PartitionDesk): void;
  /** A reading that stood still may go on. */
  wake(): void;
}
