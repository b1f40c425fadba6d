import { type Codec, compileCodec, type Contract, frameOf, keyBytes, parseContract } from '@citystreams/avro';
import { type OutgoingRecord, partitionOfKey } from '@citystreams/kafka';
import { ContractViolation, type EventViolation, InvalidContract } from './contract.violation.js';

export interface OutgoingEvent {
  /** `ce_id`: names the event for ever; an event published again carries the same. */
  id: string;
  /** `ce_time`: default the contract's time field, else the moment of publishing. */
  time?: Date;
  /** Fields as the contract names them. Longs are numbers or bigints; a time is milliseconds. */
  data: object;
}

/** What a stream's contract makes of its events: checked, keyed and framed records. */
export class EventRecords {
  /** The schema as it is registered. */
  readonly schema: string;
  readonly #contract: Contract;
  readonly #codec: Codec;
  readonly #constant: readonly [string, Buffer][];

  /** Throws `InvalidContract` with every finding. */
  constructor(
    private readonly stream: string,
    source: string,
    contract: unknown,
  ) {
    const parsed = parseContract(contract);
    if (!parsed.ok) throw new InvalidContract(stream, parsed.findings);
    this.#contract = parsed.contract;
    this.schema = parsed.contract.schema;
    this.#codec = compileCodec(parsed.contract.record);
    const { namespace, name } = parsed.contract.record;
    this.#constant = [
      header('ce_specversion', '1.0'),
      header('ce_source', source),
      header('ce_type', namespace === undefined ? name : `${namespace}.${name}`),
      header('content-type', 'application/avro'),
    ];
  }

  /** Throws `ContractViolation` with everything that does not fit. */
  check(events: readonly OutgoingEvent[]): void {
    const violations: EventViolation[] = [];
    for (const [index, { id, data }] of events.entries()) {
      if (id === '') violations.push({ index, id, path: 'id', expected: 'a name that is not empty', found: 'nothing' });
      for (const violation of this.#codec.check(data)) violations.push({ index, id, ...violation });
    }
    if (violations.length > 0) throw new ContractViolation(this.stream, violations);
  }

  partitionOf(event: OutgoingEvent, partitions: number): number {
    return partitionOfKey(this.#keyOf(event), partitions);
  }

  /** Of an event that was checked. */
  recordOf(event: OutgoingEvent, schemaId: number, partitions: number): OutgoingRecord & { partition: number } {
    const key = this.#keyOf(event);
    return {
      topic: this.stream,
      partition: partitionOfKey(key, partitions),
      key,
      value: frameOf(schemaId, this.#codec.encode(event.data)),
      headers: [...this.#constant, header('ce_id', event.id), header('ce_time', this.#timeOf(event).toISOString())],
      // The moment of publishing, not the event's own time: retention goes by it.
      timestamp: BigInt(Date.now()),
    };
  }

  #keyOf({ data }: OutgoingEvent): Buffer {
    return keyBytes(valueOf(data, this.#contract.key));
  }

  #timeOf({ time, data }: OutgoingEvent): Date {
    if (time !== undefined) return time;
    return this.#contract.time === null ? new Date() : new Date(Number(valueOf(data, this.#contract.time)));
  }
}

const header = (name: string, value: string): [string, Buffer] => [name, Buffer.from(value, 'utf8')];
const valueOf = (data: object, field: string): unknown => (data as Record<string, unknown>)[field];
