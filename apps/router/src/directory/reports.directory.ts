import {
  type RouterStatusMessage,
  RouterStatusTopicMessage,
  type StreamName,
  type Ulid,
  ViewStatusMessage,
} from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import { readControl } from './control-record.js';

/** What routers have reported: a partition is known once there is a report of it. */
@Injectable()
export class ReportsDirectory {
  private readonly views = new Map<string, ViewStatusMessage>();
  private readonly partitions = new Map<string, RouterStatusMessage>();

  applyView(key: string, value: Buffer | null): void {
    const message = readControl(ViewStatusMessage, key, value);
    if (message !== null) this.views.set(`${message.view}/${message.partition}`, message);
  }

  applyPartition(key: string, value: Buffer | null): void {
    const message = readControl(RouterStatusTopicMessage, key, value);
    if (message !== null && 'stream' in message) this.partitions.set(`${message.stream}/${message.partition}`, message);
  }

  /** The last report of a view's partition. */
  ofView(view: Ulid, partition: number): ViewStatusMessage | undefined {
    return this.views.get(`${view}/${partition}`);
  }

  /** The last report of a stream's partition. */
  ofPartition(stream: StreamName, partition: number): RouterStatusMessage | undefined {
    return this.partitions.get(`${stream}/${partition}`);
  }
}
