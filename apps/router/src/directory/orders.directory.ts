import { RouterOrder, type StreamName, type Ulid } from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import type { DeskPlace } from '../readings/desk.place.js';
import { Change } from './change.js';
import { readControl } from './control-record.js';

type OrderOf<K extends RouterOrder['kind']> = Extract<RouterOrder, { kind: K }> & {
  /** Its offset in the orders' topic: orders of a partition are carried out in this sequence. */
  readonly sequence: number;
};
export type RedriveOrder = OrderOf<'redrive'>;
export type BeginAnewOrder = OrderOf<'begin-anew'>;

/** What people ordered the router to do, in the order of `citystreams.router-orders`. */
@Injectable()
export class OrdersDirectory {
  readonly changed = new Change();
  private readonly redrives: RedriveOrder[] = [];
  private readonly beginnings: BeginAnewOrder[] = [];

  apply(key: string, value: Buffer | null, sequence: number): void {
    const order = readControl(RouterOrder, key, value);
    if (order === null) return;
    if (order.kind === 'redrive') this.redrives.push({ ...order, sequence });
    else this.beginnings.push({ ...order, sequence });
    this.changed.announce();
  }

  /** The first redrive of a partition after this sequence. */
  redriveAfter(stream: StreamName, partition: number, sequence: number): RedriveOrder | undefined {
    return firstAfter(this.redrives, stream, partition, sequence);
  }

  /** The first new beginning of a whole partition after this sequence that is for the topic with this id. */
  beginningAfter(place: DeskPlace, sequence: number): BeginAnewOrder | undefined {
    const { stream, partition, topicId } = place;
    const fitting = this.beginnings.filter((order) => order.view === null && order.topicId === topicId);
    return firstAfter(fitting, stream, partition, sequence);
  }

  /** The last order to begin a whole partition anew, in whatever topic. */
  lastBeginning({ stream, partition }: DeskPlace): BeginAnewOrder | undefined {
    const all = this.beginnings.filter((o) => o.view === null && o.stream === stream && o.partition === partition);
    return all.reduce<BeginAnewOrder | undefined>(
      (a, b) => (a === undefined || b.sequence > a.sequence ? b : a),
      undefined,
    );
  }

  /** The first new beginning of one view on a partition that was ordered after this time, milliseconds. */
  beginningOf(view: Ulid, partition: number, after: number): BeginAnewOrder | undefined {
    return this.beginnings.find(
      (order) => order.view === view && order.partition === partition && Date.parse(order.at) > after,
    );
  }
}

/** A topic that is read again brings its orders again: the lowest sequence counts, wherever it stands. */
function firstAfter<T extends { stream: StreamName; partition: number; sequence: number }>(
  orders: readonly T[],
  stream: StreamName,
  partition: number,
  sequence: number,
): T | undefined {
  let first: T | undefined;
  for (const order of orders) {
    if (order.stream !== stream || order.partition !== partition || order.sequence <= sequence) continue;
    if (first === undefined || order.sequence < first.sequence) first = order;
  }
  return first;
}
