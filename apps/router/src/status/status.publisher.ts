import { CONTROL_TOPICS, type Ulid, type ViewStatusMessage } from '@citystreams/contracts';
import type { RecordProducer } from '@citystreams/kafka';
import { Injectable } from '@nestjs/common';
import type { Positions } from '../pipelines/pipeline.js';
import type { ViewCounts } from '../pipelines/view.work.js';

const QUIET_MS = 1000;

export interface ViewReport {
  view: Ulid;
  generation: number;
  state: ViewStatusMessage['state'];
  positions: Positions;
  counts: ViewCounts;
  error: string | null;
}

/**
 * Tells `citystreams.view-status` what this router really does. A change of state, generation or error is told at
 * once; a moved position at most once a second and view.
 */
@Injectable()
export class StatusPublisher {
  private readonly told = new Map<string, { at: number; what: string }>();

  constructor(
    private readonly producer: RecordProducer,
    private readonly slot: string,
  ) {}

  async report(report: ViewReport): Promise<void> {
    const now = Date.now();
    const what = JSON.stringify([report.generation, report.state, report.error, [...report.positions.keys()]]);
    const last = this.told.get(report.view);
    if (last?.what === what && now - last.at < QUIET_MS) return;
    this.told.set(report.view, { at: now, what });
    await this.producer.send(
      [...report.positions].map(([partition, position]) => ({
        topic: CONTROL_TOPICS.viewStatus,
        key: Buffer.from(`${report.view}/${partition}`),
        value: Buffer.from(JSON.stringify(this.message(report, partition, position))),
        headers: [],
      })),
    );
  }

  private message(report: ViewReport, partition: number, position: bigint): ViewStatusMessage {
    return {
      format: 1,
      view: report.view,
      partition,
      generation: report.generation,
      state: report.state,
      position: position.toString(),
      stoppedAt: report.state === 'stopped' ? position.toString() : null,
      counts: { ...report.counts },
      error: report.error,
      slot: this.slot,
      at: new Date().toISOString(),
    };
  }
}
