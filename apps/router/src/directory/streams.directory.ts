import {
  type StreamMessage,
  type StreamName,
  StreamsTopicMessage,
  type ViewSchemasMessage,
  type ViewTopic,
} from '@citystreams/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { StreamProgram } from '../projection/stream.program.js';
import { Change } from './change.js';
import { readControl } from './control-record.js';

/** Longest event that is read, in bytes; longer ones are quarantined. */
const MOST_EVENT_BYTES = 8 << 20;

/** Streams and view schemas as `citystreams.streams` announces them; rebuilt from offset 0 at every start. */
@Injectable()
export class StreamsDirectory {
  readonly changed = new Change();
  private readonly log = new Logger('streams');
  private readonly streams = new Map<StreamName, StreamMessage>();
  private readonly programs = new Map<StreamName, StreamProgram>();
  private readonly viewSchemas = new Map<ViewTopic, ViewSchemasMessage>();
  private readonly schemaOwners = new Map<number, Set<string>>();

  apply(key: string, value: Buffer | null): void {
    const message = readControl(StreamsTopicMessage, key, value);
    if (message === null) return;
    if (message.kind === 'stream') {
      this.streams.set(message.stream, message);
      this.compile(message);
      for (const version of message.versions) this.own(version.schemaId, message.stream);
    } else {
      this.viewSchemas.set(message.topic, message);
      for (const schema of message.schemas) this.own(schema.viewSchemaId, message.topic);
    }
    this.changed.announce();
  }

  all(): StreamMessage[] {
    return [...this.streams.values()];
  }

  /** How the stream is read. A version that cannot be scanned leaves the stream as it was before it. */
  program(name: StreamName): StreamProgram | undefined {
    return this.programs.get(name);
  }

  schemasOf(view: ViewTopic): ViewSchemasMessage | undefined {
    return this.viewSchemas.get(view);
  }

  /** Whether anything at all is registered under this id. */
  isKnown(schemaId: number): boolean {
    return this.schemaOwners.has(schemaId);
  }

  private compile(message: StreamMessage): void {
    try {
      const before = this.programs.get(message.stream);
      this.programs.set(message.stream, new StreamProgram(message, before, MOST_EVENT_BYTES));
    } catch (error) {
      this.log.error(`${message.stream} is announced with a schema that cannot be read: ${String(error)}`);
    }
  }

  private own(schemaId: number, subject: string): void {
    const owners = this.schemaOwners.get(schemaId) ?? new Set();
    owners.add(subject);
    this.schemaOwners.set(schemaId, owners);
  }
}
