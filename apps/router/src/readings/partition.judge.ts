import type { QuarantineReason } from '@citystreams/contracts';
import type { RecordCursor } from '@citystreams/record-batch';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import { verdictOn } from '../judging/verdict.js';
import type { QuarantineWriter } from '../quarantine/quarantine.writer.js';
import type { PartitionDesk } from './partition.desk.js';
import type { Judge, Reading, VersionPlan } from './reading.js';

/** How long a partition rests before a record is looked at again whose schema may still be announced. */
const REST_MS = 200;

export interface JudgeDeps {
  readonly streams: StreamsDirectory;
  readonly quarantine: QuarantineWriter;
  readonly onQuarantined: (desk: PartitionDesk, reason: QuarantineReason, offset: number) => void;
}

/**
 * Judges the records of one partition. The shared reading is the judge: what it finds to be no event goes to quarantine,
 * once. A view that catches up comes behind it, and leaves out the same records.
 */
export class PartitionJudge implements Judge {
  #desk: PartitionDesk | null = null;
  #firstSeen = { offset: -1, at: 0 };

  constructor(private readonly deps: JudgeDeps) {}

  sitsAt(desk: PartitionDesk): void {
    this.#desk = desk;
  }

  planFor(reading: Reading, schemaId: number, record: RecordCursor): VersionPlan | QuarantineReason | 'WAIT' {
    const desk = this.#desk!;
    const version = this.deps.streams.program(reading.stream)?.versions.get(schemaId);
    if (version !== undefined) {
      return reading.keep({
        schemaId,
        scanner: version.scanner,
        views: reading.slots.map((slot) => slot.program.projector(version)),
        refusedUpTo: reading.kind === 'shared' ? -1 : (desk.ledger.refused[schemaId] ?? -1),
      });
    }
    // What the shared reading has passed under an id that is still unknown, it has put into quarantine.
    if (reading.kind === 'catch-up') return 'UNKNOWN_SCHEMA_ID';
    const now = Date.now();
    if (this.#firstSeen.offset !== record.offset) this.#firstSeen = { offset: record.offset, at: now };
    const { timestamp } = record;
    const isForeign = this.deps.streams.isKnown(schemaId);
    const verdict = verdictOn({ isForeign, timestamp, firstSeen: this.#firstSeen.at }, now);
    if (verdict === 'WAIT') reading.restsUntil = now + REST_MS;
    else this.#refuse(desk, schemaId, record.offset);
    return verdict;
  }

  poisoned(reading: Reading, reason: QuarantineReason, record: RecordCursor): void {
    const desk = this.#desk!;
    for (const slot of reading.slots) slot.counts.inHand.quarantined++;
    if (reading.kind !== 'shared') return;
    const { stream, partition } = desk.place;
    this.deps.quarantine.put({ stream, partition, reason, record }, new Date());
    desk.counts.inHand.quarantined++;
    this.deps.onQuarantined(desk, reason, record.offset);
  }

  /** Views that catch up must know of it, should the id be announced for this stream later. */
  #refuse(desk: PartitionDesk, schemaId: number, offset: number): void {
    desk.ledger.refuse(schemaId, offset);
    for (const reading of desk.alone.values()) reading.replan();
  }
}
