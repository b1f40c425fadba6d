import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonLines, runFeed, type ServiceSettings } from '@citystreams/sdk';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { openFlights } from './flights.js';
import { NestTransport } from './nest.transport.js';

const CONTRACT = new URL('../../../../schemas/bao-an/flight-movement/v1.avsc', import.meta.url);
const DATA = new URL('../data/flights-3m.parquet', import.meta.resolve('vega-datasets'));

/** Injection token of the settings. */
export const SETTINGS = Symbol('Settings');
export type Settings = ServiceSettings & { stateDir: string };

/** Takes flights in and publishes them, from where it stopped, until the application shuts down. */
@Injectable()
export class FlightDesk implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private work: Promise<void> | undefined;

  constructor(
    private readonly transport: NestTransport,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    // Whatever waiting does not cure ends the process: what is in the topic then is counted at the next start.
    this.work = this.publish();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.work;
  }

  private async publish(): Promise<void> {
    const lines = jsonLines();
    const flight = openFlights(fileURLToPath(DATA));
    await runFeed({
      ...this.settings,
      stream: 'bao-an.flight-movement',
      contract: JSON.parse(readFileSync(CONTRACT, 'utf8')),
      transport: this.transport,
      eventOf: async (row) => ({ id: String(row), data: { ...(await flight(row)), ingestedAt: Date.now() } }),
      onPublished: lines.published,
      onProblem: lines.problem,
      signal: this.stop.signal,
    });
  }
}
