import type { StreamName } from '@citystreams/contracts';
import { TRANSITIONS } from '@citystreams/domain';
import { HealthRegistry } from '@citystreams/nest';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { StreamDirectory } from '../../streams/stream.directory.js';
import { RequestEntity } from '../request.entity.js';
import { RequestMoves } from '../request.moves.js';

const AGAIN_MS = 2_000;

/**
 * Holds open requests against what the catalogue announces: where a stream's level, owner or a requested field changed,
 * the request begins anew. At a start every stream is news, so what changed while nobody looked is found.
 */
@Injectable()
export class RequestChanges implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('changes');
  private readonly changed = new Set<StreamName>();
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private failure: string | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly moves: RequestMoves,
    private readonly streams: StreamDirectory,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.health.add('changes', () => (this.failure === null ? { ok: true } : { ok: false, reason: this.failure }));
    this.streams.onChange((stream) => {
      this.changed.add(stream);
      this.look();
    });
    for (const { stream } of this.streams.all()) this.changed.add(stream);
    this.look();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  private look(): void {
    if (this.stopped || this.running !== null) return;
    this.running = this.work().finally(() => {
      this.running = null;
      if (this.changed.size > 0 && !this.stopped) this.timer = setTimeout(() => this.look(), AGAIN_MS);
    });
  }

  private async work(): Promise<void> {
    for (let stream = this.next(); stream !== null && !this.stopped; stream = this.next()) {
      try {
        await this.seeTo(stream);
        this.failure = null;
      } catch (error) {
        this.changed.add(stream);
        this.failure = error instanceof Error ? error.message : String(error);
        this.logger.warn({ err: error, stream }, 'requests could not be held against a changed stream');
        return;
      }
    }
  }

  private next(): StreamName | null {
    const [stream] = this.changed;
    if (stream !== undefined) this.changed.delete(stream);
    return stream ?? null;
  }

  private async seeTo(stream: StreamName): Promise<void> {
    const where = { stream, state: In([...TRANSITIONS.change.from]) };
    const open = await this.dataSource.getRepository(RequestEntity).find({ select: { id: true }, where });
    for (const { id } of open) {
      if (await this.moves.takeChange(id)) this.logger.log(`request ${id} begins anew: ${stream} has changed`);
    }
  }
}
