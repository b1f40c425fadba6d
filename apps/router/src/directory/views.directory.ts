import { type StreamName, type Ulid, ViewMessage } from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import { Change } from './change.js';
import { readControl } from './control-record.js';

/** Views as `citystreams.views` announces them. */
@Injectable()
export class ViewsDirectory {
  readonly changed = new Change();
  private readonly views = new Map<Ulid, ViewMessage>();
  private readonly byStream = new Map<StreamName, Set<Ulid>>();

  apply(key: string, value: Buffer | null): void {
    const message = readControl(ViewMessage, key, value);
    if (message !== null) this.take(message);
    else this.deny(key as Ulid);
    this.changed.announce();
  }

  view(id: Ulid): ViewMessage | undefined {
    return this.views.get(id);
  }

  ofTopic(topic: string): ViewMessage | undefined {
    const id = topic.startsWith('view.') ? topic.slice(topic.lastIndexOf('.') + 1) : '';
    const view = this.views.get(id as Ulid);
    return view?.topic === topic ? view : undefined;
  }

  ofStream(stream: StreamName): ViewMessage[] {
    return [...(this.byStream.get(stream) ?? [])].flatMap((id) => this.views.get(id) ?? []);
  }

  private take(message: ViewMessage): void {
    this.views.set(message.view, message);
    const { stream } = message.definition;
    this.byStream.set(stream, (this.byStream.get(stream) ?? new Set()).add(message.view));
  }

  /** A view of which is said now what nobody understands, or nothing any more: nobody may receive it. */
  private deny(id: Ulid): void {
    const known = this.views.get(id);
    if (known !== undefined) this.views.set(id, { ...known, holders: [] });
  }
}

/** Whether somebody may receive the view at this moment. */
export function isWanted(view: ViewMessage, now: number): boolean {
  return view.holders.some(
    (h) => Date.parse(h.validFrom) <= now && (h.validTo === null || now < Date.parse(h.validTo)),
  );
}

/** The next time after `now` at which a term of the view begins or ends; Infinity: none. */
export function nextTermChange(view: ViewMessage, now: number): number {
  const times = view.holders.flatMap((h) => [
    Date.parse(h.validFrom),
    h.validTo === null ? Infinity : Date.parse(h.validTo),
  ]);
  return Math.min(Infinity, ...times.filter((time) => time > now));
}
