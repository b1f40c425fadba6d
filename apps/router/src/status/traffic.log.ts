import type { ViewsDirectory } from '../directory/views.directory.js';
import type { PipelineSupervisor } from '../pipelines/supervisor.js';

const EVERY_MS = 1000;

/** Once a second, one line for each view that moved: how many events it read, wrote and withheld meanwhile. */
export class TrafficLog {
  private readonly seen = new Map<string, { read: number; written: number; withheld: number }>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly supervisor: PipelineSupervisor,
    private readonly views: ViewsDirectory,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.tell(), EVERY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  private tell(): void {
    for (const { view, runner } of this.supervisor.running()) {
      const { read, written, withheld } = runner.counts;
      const before = this.seen.get(view) ?? { read: 0, written: 0, withheld: 0 };
      this.seen.set(view, { read, written, withheld });
      const stream = this.views.view(view)?.definition.stream;
      if (read === before.read || stream === undefined) continue;
      const moved = {
        read: read - before.read,
        written: written - before.written,
        withheld: withheld - before.withheld,
      };
      process.stdout.write(`${JSON.stringify({ live: 'routed', stream, topic: runner.topic, ...moved })}\n`);
    }
  }
}
