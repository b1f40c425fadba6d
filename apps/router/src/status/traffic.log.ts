import type { Ulid } from '@citystreams/contracts';
import type { ViewsDirectory } from '../directory/views.directory.js';
import type { PartitionDesk } from '../readings/partition.desk.js';

const EVERY_MS = 1000;

interface Moved {
  read: number;
  written: number;
}

/** Once a second, one line for each view that moved: how many events it read, wrote and withheld meanwhile. */
export class TrafficLog {
  private seen = new Map<Ulid, Moved>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly desks: () => Iterable<PartitionDesk>,
    private readonly views: ViewsDirectory,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.tell(), EVERY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  private tell(): void {
    const now = this.totals();
    for (const [view, total] of now) {
      const before = this.seen.get(view) ?? { read: 0, written: 0 };
      const message = this.views.view(view);
      // Counts begin anew with another assignment.
      if (total.read <= before.read || message === undefined) continue;
      const read = total.read - before.read;
      const written = total.written - before.written;
      const { topic, definition } = message;
      const line = { live: 'routed', stream: definition.stream, topic, read, written, withheld: read - written };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
    this.seen = now;
  }

  private totals(): Map<Ulid, Moved> {
    const totals = new Map<Ulid, Moved>();
    for (const desk of this.desks()) {
      for (const [view, { counts }] of desk.slots) {
        const total = totals.get(view) ?? { read: 0, written: 0 };
        total.read += counts.committed.read;
        total.written += counts.committed.written;
        totals.set(view, total);
      }
    }
    return totals;
  }
}
