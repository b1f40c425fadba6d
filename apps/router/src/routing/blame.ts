/** Whose fault a failure is, and who is over it. */
import { quarantineTopicOf, type Ulid } from '@citystreams/contracts';
import type { ProduceRefused, RefusedPartition } from '@citystreams/kafka';
import type { ViewsDirectory } from '../directory/views.directory.js';
import { ViewFault } from '../projection/view.fault.js';
import type { PartitionDesk } from '../readings/partition.desk.js';
import { changedSeats, type LedgerState } from '../seats/partition.ledger.js';

const QUARANTINE_PREFIX = 'quarantine.';
/** How long a partition rests whose quarantine does not take what belongs there. */
const QUARANTINE_REST_MS = 5_000;
/** Any topic takes so much. */
const SMALL_ENOUGH_BYTES = 256 << 10;

/** A view that cannot go on, and where. */
export interface Culprit {
  readonly fault: ViewFault;
  readonly desks: readonly PartitionDesk[];
}

export interface Blame {
  readonly culprits: Culprit[];
  /** Refusals that are nobody's own: of a control topic, or of a topic nobody knows. */
  readonly others: RefusedPartition[];
}

/** Whose fault it is that topics did not take what was written to them. Rests partitions whose quarantine did not. */
export function blame(
  { refusals }: ProduceRefused,
  views: ViewsDirectory,
  desks: readonly PartitionDesk[],
  now: number,
): Blame {
  const culprits: Culprit[] = [];
  const others: RefusedPartition[] = [];
  for (const refusal of refusals) {
    const { topic, partition, code, kafkaError } = refusal;
    const view = views.ofTopic(topic);
    if (view !== undefined) {
      const fault = new ViewFault(view.view, 'TOPIC_REFUSED', `${topic}: ${code} ${kafkaError}`);
      const seated = desks.filter(({ place }) => place.stream === view.definition.stream);
      // A record is too large where it lies; everything else is wrong with the topic.
      const isOfOne = code === 'TOO_LARGE';
      culprits.push({ fault, desks: seated.filter(({ place }) => !isOfOne || place.partition === partition) });
    } else if (topic.startsWith(QUARANTINE_PREFIX)) {
      const desk = desks.find(
        ({ place }) => quarantineTopicOf(place.stream) === topic && place.partition === partition,
      );
      if (desk === undefined) continue;
      if (code === 'TOO_LARGE' && desk.mostQuarantinedBytes === Infinity) {
        // A record that its quarantine does not take must not hold its partition: only its place is kept.
        desk.mostQuarantinedBytes = SMALL_ENOUGH_BYTES;
        continue;
      }
      desk.trouble = { code: 'QUARANTINE_REFUSED', detail: `${topic}: ${code} ${kafkaError}`, isFinal: false };
      desk.shared.restsUntil = now + QUARANTINE_REST_MS;
    } else {
      others.push(refusal);
    }
  }
  return { culprits, others };
}

/** Ejected views that got on in a transaction: what was in their way is over. */
export function recovered(desk: PartitionDesk, before: LedgerState, after: LedgerState): Ulid[] {
  return changedSeats(before, after).flatMap(([view, seat]) => {
    const was = before.seats.get(view);
    const gotOn = seat.state === 'ejected' && was?.state === 'ejected' && seat.position > was.position;
    return gotOn && desk.ledger.seats.get(view)?.state === 'ejected' ? [view] : [];
  });
}
