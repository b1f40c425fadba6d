import type { QuarantineReason } from '@citystreams/contracts';
import type { RecordCursor } from '@citystreams/record-batch';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import { verdictOn } from '../judging/verdict.js';
import type { Finding, QuarantineWriter } from '../quarantine/quarantine.writer.js';
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
    if (reading.kind !== 'shared') return 'UNKNOWN_SCHEMA_ID';
    const now = Date.now();
    if (this.#firstSeen.offset !== record.offset) this.#firstSeen = { offset: record.offset, at: now };
    const { timestamp } = record;
    const isForeign = this.deps.streams.isKnown(schemaId);
    const verdict = verdictOn({ isForeign, timestamp, firstSeen: this.#firstSeen.at }, now);
    if (verdict === 'WAIT') {
      reading.isWaiting = true;
      reading.restsUntil = performance.now() + REST_MS;
    } else {
      this.#refuse(desk, schemaId, record.offset);
    }
    return verdict;
  }

  poisoned(reading: Reading, reason: QuarantineReason, record: RecordCursor): void {
    const finding = this.#find(reading, reason);
    if (finding === null) return;
    this.deps.quarantine.put(finding, record, new Date());
    this.deps.onQuarantined(this.#desk!, reason, record.offset);
  }

  unreadable(reading: Reading, bytes: Buffer, offset: number): void {
    const finding = this.#find(reading, 'CORRUPT');
    if (finding === null) return;
    this.deps.quarantine.putBytes(finding, offset, bytes, new Date());
    this.deps.onQuarantined(this.#desk!, 'CORRUPT', offset);
  }

  /** Counts it. Null: the shared reading has put it into quarantine. */
  #find(reading: Reading, reason: QuarantineReason): Finding | null {
    for (const slot of reading.slots) slot.counts.inHand.quarantined++;
    if (reading.kind !== 'shared') return null;
    const desk = this.#desk!;
    desk.counts.inHand.quarantined++;
    const { stream, partition } = desk.place;
    return { stream, partition, reason, mostBytes: desk.mostQuarantinedBytes };
  }

  /** Views that catch up must know of it, should the id be announced for this stream later. */
  #refuse(desk: PartitionDesk, schemaId: number, offset: number): void {
    desk.ledger.refuse(schemaId, offset);
    for (const reading of desk.own.all()) reading.replan();
  }
}
