import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Injectable } from '@nestjs/common';
import type { PartitionDesk } from '../readings/partition.desk.js';
import { partitionStatus, type Teller, viewStatuses } from '../status/status.messages.js';

/** What is measured of one view on one partition, or of one partition. */
type Measured = Record<string, number>;

const VIEW_METRICS = {
  events_in: ['counter', 'Events of the stream that were read for the view'],
  events_out: ['counter', 'Events that were written to the view'],
  events_withheld: ['counter', "Events that the view's predicate withheld, or that have nothing of the view"],
  records_quarantined: ['counter', 'Records that are no events and so came to no view'],
  bytes_out: ['counter', 'Bytes of keys and values written to the view'],
  lag_events: ['gauge', 'Records between the view and the end of the stream'],
  lag_seconds: ['gauge', 'How old the record is that was read last for the view, when it is behind'],
  shared_reading_ratio: ['gauge', "The part of the view's events that the shared reading read for it"],
  stuck: ['gauge', '1 when the view cannot go on here'],
} as const;

const PARTITION_METRICS = {
  events_in: ['counter', 'Events that the shared reading read'],
  records_quarantined: ['counter', 'Records that the shared reading put into quarantine'],
  lag_events: ['gauge', 'Records between the shared reading and the end of the stream'],
  lag_seconds: ['gauge', 'How old the record is that the shared reading read last, when it is behind'],
  views: ['gauge', 'Views that the shared reading reads for'],
  stuck: ['gauge', '1 when the partition cannot be read'],
} as const;

/**
 * The router's metrics, as OpenTelemetry instruments; all but the transactions are looked at when somebody asks, so they
 * cost nothing per event.
 */
@Injectable()
export class RouterMetrics {
  private readonly exporter = new PrometheusExporter({ preventServerStart: true });
  private readonly provider = new MeterProvider({ readers: [this.exporter] });
  /** Without timestamps, and without lines that say which library measured. */
  private readonly serializer = new PrometheusSerializer('', false, undefined, true, true);
  private readonly transactions = this.provider
    .getMeter('citystreams.router')
    .createHistogram('citystreams.router.transaction.seconds', {
      description: 'How long transactions took to end',
      advice: { explicitBucketBoundaries: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] },
    });

  /** A transaction was committed. */
  committed(ms: number): void {
    this.transactions.record(ms / 1000);
  }

  /** Looks at these partitions from now on. */
  observe(desks: () => Iterable<PartitionDesk>, teller: () => Teller, unknownTroubles: () => number): void {
    const meter = this.provider.getMeter('citystreams.router');
    const views = instruments(meter, 'citystreams.router.view', VIEW_METRICS);
    const partitions = instruments(meter, 'citystreams.router.partition', PARTITION_METRICS);
    const waiting = meter.createObservableGauge('citystreams.router.views.in.trouble', {
      description: 'Views that wait for something, whether they have begun or not',
    });
    const all = [...Object.values(views), ...Object.values(partitions), waiting];
    meter.addBatchObservableCallback((result) => {
      result.observe(waiting, unknownTroubles());
      const now = teller();
      for (const desk of desks()) observeDesk(result, desk, now, views, partitions);
    }, all);
  }

  /** The Prometheus text format. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.exporter.collect();
    return this.serializer.serialize(resourceMetrics);
  }

  async close(): Promise<void> {
    await this.provider.shutdown();
  }
}

function observeDesk(
  result: BatchObservableResult,
  desk: PartitionDesk,
  teller: Teller,
  views: Record<keyof typeof VIEW_METRICS, Observable>,
  partitions: Record<keyof typeof PARTITION_METRICS, Observable>,
): void {
  const { stream, partition } = desk.place;
  const own = partitionStatus(desk, teller);
  observeAll(
    result,
    partitions,
    { stream, partition },
    {
      events_in: own.counts.read,
      records_quarantined: own.counts.quarantined,
      lag_events: own.lagEvents,
      lag_seconds: own.lagSeconds,
      views: own.views,
      stuck: own.state === 'stuck' ? 1 : 0,
    },
  );
  for (const status of viewStatuses(desk, teller)) {
    if (status.state === 'stopped') continue;
    const { counts } = status;
    observeAll(
      result,
      views,
      { stream, partition, view: status.view },
      {
        events_in: counts.read,
        events_out: counts.written,
        events_withheld: counts.withheld,
        records_quarantined: counts.quarantined,
        bytes_out: status.bytes ?? 0,
        lag_events: status.lagEvents ?? 0,
        lag_seconds: status.lagSeconds ?? 0,
        shared_reading_ratio: status.sharedReading ?? 1,
        stuck: status.state === 'failed' ? 1 : 0,
      },
    );
  }
}

function observeAll<K extends string>(
  result: BatchObservableResult,
  to: Record<K, Observable>,
  attributes: Attributes,
  measured: Measured & Record<K, number>,
): void {
  for (const name of Object.keys(to) as K[]) result.observe(to[name], measured[name], attributes);
}

function instruments<K extends string>(
  meter: Meter,
  prefix: string,
  wanted: Readonly<Record<K, readonly ['counter' | 'gauge', string]>>,
): Record<K, Observable> {
  const made = Object.entries<readonly ['counter' | 'gauge', string]>(wanted).map(([name, [kind, description]]) => {
    const full = `${prefix}.${name}`;
    const options = { description };
    return [
      name,
      kind === 'counter' ? meter.createObservableCounter(full, options) : meter.createObservableGauge(full, options),
    ];
  });
  return Object.fromEntries(made) as Record<K, Observable>;
}
