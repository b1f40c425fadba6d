import { type Ulid, ViewMessage, ViewStatusMessage } from '@citystreams/contracts';
import { Injectable } from '@nestjs/common';
import { Change } from './change.js';
import { readControl } from './control-record.js';

/** Views as `citystreams.views` announces them, and what routers have reported of them in `citystreams.view-status`. */
@Injectable()
export class ViewsDirectory {
  readonly changed = new Change();
  private readonly views = new Map<Ulid, ViewMessage>();
  private readonly reported = new Map<string, ViewStatusMessage>();

  apply(key: string, value: Buffer | null): void {
    const message = readControl(ViewMessage, key, value);
    if (message === null) return;
    this.views.set(message.view, message);
    this.changed.announce();
  }

  applyStatus(key: string, value: Buffer | null): void {
    const message = readControl(ViewStatusMessage, key, value);
    if (message !== null) this.reported.set(`${message.view}/${message.partition}`, message);
  }

  all(): ViewMessage[] {
    return [...this.views.values()];
  }

  view(id: Ulid): ViewMessage | undefined {
    return this.views.get(id);
  }

  /** The last status any router reported for a partition of a view: a partition is known once there is one. */
  lastStatus(view: Ulid, partition: number): ViewStatusMessage | undefined {
    return this.reported.get(`${view}/${partition}`);
  }
}

/** Whether somebody may receive the view at this moment. */
export function isWanted(view: ViewMessage, now: Date): boolean {
  return view.holders.some(
    (h) => Date.parse(h.validFrom) <= now.getTime() && (h.validTo === null || now.getTime() < Date.parse(h.validTo)),
  );
}
