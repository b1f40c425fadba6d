/**
 * As much of Kafka's protocol as a proxy needs that breaks things at chosen places.
 *
 *   frame     length (int32), then the message
 *   request   api key (int16), version (int16), correlation (int32), client id (int16 length, -1 null, bytes),
 *             from the flexible version on: tagged fields; body
 *   answer    correlation (int32), from the flexible version on: tagged fields (ApiVersions never); body
 */

export const API = {
  Produce: 0,
  Fetch: 1,
  Metadata: 3,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
  SaslHandshake: 17,
  ApiVersions: 18,
  InitProducerId: 22,
  AddPartitionsToTxn: 24,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  TxnOffsetCommit: 28,
  SaslAuthenticate: 36,
} as const;
export type ApiName = keyof typeof API;

const NAMES = new Map<number, ApiName>(Object.entries(API).map(([name, key]) => [key, name as ApiName]));
/** First version whose header and body are flexible: compact lengths and tagged fields. */
const FLEXIBLE: Readonly<Partial<Record<ApiName, number>>> = {
  Produce: 9,
  Fetch: 12,
  Metadata: 9,
  OffsetFetch: 6,
  FindCoordinator: 3,
  JoinGroup: 6,
  Heartbeat: 4,
  LeaveGroup: 4,
  SyncGroup: 4,
  InitProducerId: 2,
  AddPartitionsToTxn: 3,
  AddOffsetsToTxn: 3,
  EndTxn: 3,
  TxnOffsetCommit: 3,
  SaslAuthenticate: 2,
};

export interface RequestHead {
  readonly api: ApiName | `api ${number}`;
  readonly version: number;
  readonly correlation: number;
}

export function requestHead(message: Buffer): RequestHead {
  const key = message.readInt16BE(0);
  return {
    api: NAMES.get(key) ?? `api ${key}`,
    version: message.readInt16BE(2),
    correlation: message.readInt32BE(4),
  };
}

/** Bytes that come in pieces, cut into frames. */
export class FrameSplitter {
  private rest: Buffer = Buffer.alloc(0);

  /** Messages without their length, as far as they are complete. */
  push(chunk: Buffer): Buffer[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const messages: Buffer[] = [];
    for (;;) {
      if (this.rest.length < 4) return messages;
      const end = 4 + this.rest.readInt32BE(0);
      if (this.rest.length < end) return messages;
      messages.push(this.rest.subarray(4, end));
      this.rest = this.rest.subarray(end);
    }
  }
}

export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(message.length);
  return Buffer.concat([length, message]);
}

const isFlexible = ({ api, version }: RequestHead): boolean =>
  version >= (FLEXIBLE[api as ApiName] ?? Number.POSITIVE_INFINITY);

/** Which transaction a request is about and, for EndTxn, whether it commits; null for anything else. */
export function transactionOf(message: Buffer): { id: string; commits: boolean | null } | null {
  const head = requestHead(message);
  if (head.api !== 'EndTxn' && head.api !== 'InitProducerId' && head.api !== 'TxnOffsetCommit') return null;
  const bytes = new ByteReader(message, 8);
  bytes.skip(Math.max(0, bytes.int16())); // client id
  if (isFlexible(head)) bytes.tags();
  const id = isFlexible(head) ? bytes.compactText() : bytes.text();
  if (head.api !== 'EndTxn') return { id, commits: null };
  bytes.skip(8 + 2); // producer id and epoch
  return { id, commits: bytes.int8() !== 0 };
}

/** Every error code in an answer, for the kinds of answers that faults are about; others give none. */
export function errorsIn(head: RequestHead, message: Buffer): number[] {
  if (!isFlexible(head)) return [];
  const bytes = new ByteReader(message, 4);
  bytes.tags();
  switch (head.api) {
    case 'EndTxn':
    case 'InitProducerId':
    case 'Heartbeat':
      bytes.skip(4); // throttle time
      return [bytes.int16()];
    case 'JoinGroup':
    case 'SyncGroup':
      bytes.skip(4);
      return [bytes.int16()];
    case 'SaslAuthenticate':
      return [bytes.int16()];
    case 'TxnOffsetCommit':
      return addedErrors(bytes);
    case 'AddPartitionsToTxn':
      return head.version === 3 ? addedErrors(bytes) : [];
    case 'Produce':
      return producedErrors(bytes, head.version);
    case 'Fetch':
      return head.version >= 13 ? fetchedErrors(bytes) : [];
    default:
      return [];
  }
}

const UUID_BYTES = 16;

/** Topics with a code for each partition. */
function addedErrors(bytes: ByteReader): number[] {
  bytes.skip(4); // throttle time
  return bytes
    .list(() => {
      bytes.compactText();
      const codes = bytes.list(() => {
        bytes.skip(4); // partition
        const code = bytes.int16();
        bytes.tags();
        return code;
      });
      bytes.tags();
      return codes;
    })
    .flat();
}

function producedErrors(bytes: ByteReader, version: number): number[] {
  return bytes
    .list(() => {
      if (version >= 13) bytes.skip(UUID_BYTES);
      else bytes.compactText();
      const codes = bytes.list(() => {
        bytes.skip(4); // partition
        const code = bytes.int16();
        bytes.skip(8 + 8 + 8); // base offset, append time, log start
        bytes.list(() => {
          bytes.skip(4);
          bytes.compactText();
          bytes.tags();
        });
        bytes.compactText();
        bytes.tags();
        return code;
      });
      bytes.tags();
      return codes;
    })
    .flat();
}

function fetchedErrors(bytes: ByteReader): number[] {
  bytes.skip(4); // throttle time
  const whole = bytes.int16();
  bytes.skip(4); // session
  const codes = bytes.list(() => {
    bytes.skip(UUID_BYTES);
    const parts = bytes.list(() => {
      bytes.skip(4); // partition
      const code = bytes.int16();
      bytes.skip(8 + 8 + 8); // high watermark, last stable offset, log start
      bytes.list(() => {
        bytes.skip(8 + 8);
        bytes.tags();
      });
      bytes.skip(4); // preferred replica
      bytes.skip(Math.max(0, bytes.varint() - 1)); // records
      bytes.tags();
      return code;
    });
    bytes.tags();
    return parts;
  });
  return [whole, ...codes.flat()];
}

class ByteReader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  skip(count: number): void {
    this.at += count;
  }

  int8(): number {
    return this.bytes.readInt8(this.at++);
  }

  int16(): number {
    const value = this.bytes.readInt16BE(this.at);
    this.at += 2;
    return value;
  }

  /** Unsigned, base 128, lowest bits first. */
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    return this.take(Math.max(0, this.int16()));
  }

  /** Length plus one; zero is null. */
  compactText(): string {
    return this.take(Math.max(0, this.varint() - 1));
  }

  list<T>(element: () => T): T[] {
    return Array.from({ length: Math.max(0, this.varint() - 1) }, element);
  }

  tags(): void {
    const count = this.varint();
    for (let n = 0; n < count; n += 1) {
      this.varint();
      this.skip(this.varint());
    }
  }

  private take(length: number): string {
    const text = this.bytes.toString('utf8', this.at, this.at + length);
    this.at += length;
    return text;
  }
}
