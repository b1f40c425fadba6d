import {
  type StreamMessage,
  type StreamName,
  StreamsTopicMessage,
  type ViewSchemasMessage,
  type ViewTopic,
} from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import { Change } from './change.js';
import { readControl } from './control-record.js';

/** Streams and view schemas as `citystreams.streams` announces them; rebuilt from offset 0 at every start. */
@Injectable()
export class StreamsDirectory {
  readonly changed = new Change();
  private readonly streams = new Map<StreamName, StreamMessage>();
  private readonly viewSchemas = new Map<ViewTopic, ViewSchemasMessage>();
  private readonly schemaOwners = new Map<number, Set<string>>();

  apply(key: string, value: Buffer | null): void {
    const message = readControl(StreamsTopicMessage, key, value);
    if (message === null) return;
    if (message.kind === 'stream') {
      this.streams.set(message.stream, message);
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

  stream(name: StreamName): StreamMessage | undefined {
    return this.streams.get(name);
  }

  schemasOf(view: ViewTopic): ViewSchemasMessage | undefined {
    return this.viewSchemas.get(view);
  }

  /** Whether anything at all is registered under this id. */
  isKnown(schemaId: number): boolean {
    return this.schemaOwners.has(schemaId);
  }

  private own(schemaId: number, subject: string): void {
    const owners = this.schemaOwners.get(schemaId) ?? new Set();
    owners.add(subject);
    this.schemaOwners.set(schemaId, owners);
  }
}
