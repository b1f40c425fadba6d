import { setTimeout as delay } from 'node:timers/promises';
import { nextMarkAt } from '@citystreams/domain';
import { HealthRegistry } from '@citystreams/nest';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { CityClock } from '../../clock/city.clock.js';
import { City } from '../../policy/city.js';
import { StreamDirectory } from '../../streams/stream.directory.js';
import { RequestEntity } from '../request.entity.js';
import { fileOf } from '../request.file.js';
import { RequestMoves } from '../request.moves.js';

const LOOK_EVERY_MS = 1_000;
/** A request that could not be seen to is left in peace for so long: it keeps no other waiting. */
const PATIENCE_MS = 30_000;

/**
 * Lets happen what is due: reminders, escalations, lapses. The work is claimed in PostgreSQL, one request a transaction, so
 * two replicas share it, a kill loses nothing, and nothing happens twice: the claim and what comes of it are one commit.
 */
@Injectable()
export class RequestClock implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('clock');
  private readonly stop = new AbortController();
  private readonly resting = new Map<string, number>();
  private running: Promise<void> = Promise.resolve();
  private failure: string | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly moves: RequestMoves,
    private readonly streams: StreamDirectory,
    private readonly city: City,
    private readonly clock: CityClock,
    private readonly health: HealthRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.health.add('clock', () => (this.failure === null ? { ok: true } : { ok: false, reason: this.failure }));
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let wound = false;
    while (!this.stop.signal.aborted) {
      try {
        if (!wound) await this.wind();
        wound = true;
        if (this.streams.isComplete) await this.seeToAll();
        this.failure = null;
      } catch (error) {
        this.tell(error);
      }
      await delay(LOOK_EVERY_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  /** The calendar may know more, or other, days than when the requests were last looked at. */
  private async wind(): Promise<void> {
    const waiting = await this.dataSource.getRepository(RequestEntity).findBy({ wait: Not(IsNull()) });
    for (const row of waiting) {
      const wakeAt = this.wakeAt(row);
      if (wakeAt?.getTime() === row.wakeAt?.getTime()) continue;
      // Only if nothing has happened to it meanwhile.
      await this.dataSource.manager.update(RequestEntity, { id: row.id, revision: row.revision }, { wakeAt });
    }
  }

  private async seeToAll(): Promise<void> {
    while (!this.stop.signal.aborted) if (!(await this.seeToOne())) return;
  }

  /** False: nothing is due that nobody else is seeing to. */
  private async seeToOne(): Promise<boolean> {
    const now = this.clock.now();
    let id: string | null = null;
    try {
      return await this.dataSource.transaction(async (tx) => {
        const row = await tx
          .createQueryBuilder(RequestEntity, 'r')
          .where('r.wake_at <= :now', { now })
          .andWhere('r.id <> ALL(:resting)', { resting: this.stillResting() })
          .orderBy('r.wake_at')
          .limit(1)
          .setLock('pessimistic_write')
          .setOnLocked('skip_locked')
          .getOne();
        if (row === null) return false;
        id = row.id;
        if (!(await this.moves.passTime(tx, row))) await this.putOff(tx, row);
        return true;
      });
    } catch (error) {
      if (id === null) throw error;
      this.resting.set(id, performance.now() + PATIENCE_MS);
      this.logger.error({ err: error, request: id }, 'what is due for a request could not be done');
      return true;
    }
  }

  /** Woken for nothing: it is looked at again at its next mark. */
  private async putOff(tx: EntityManager, row: RequestEntity): Promise<void> {
    await tx.update(RequestEntity, { id: row.id }, { wakeAt: this.wakeAt(row) });
  }

  private wakeAt(row: RequestEntity): Date | null {
    const { wait } = fileOf(row, []);
    return wait && nextMarkAt(this.city.calendar, wait);
  }

  private stillResting(): string[] {
    for (const [id, until] of this.resting) if (until < performance.now()) this.resting.delete(id);
    return [...this.resting.keys()];
  }

  /** Each distinct problem once. */
  private tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.failure === reason) return;
    this.failure = reason;
    this.logger.warn({ err: error }, 'the clock of requests stands still');
  }
}
