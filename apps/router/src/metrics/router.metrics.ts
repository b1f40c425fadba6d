import { Logger } from '@nestjs/common';
import {
  type Attributes,
  type BatchObservableResult,
  diag,
  DiagLogLevel,
  type Histogram,
  type Meter,
  type Observable,
} from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { PartitionDesk } from '../readings/partition.desk.js';
import { partitionStatus, type Teller, viewStatuses } from '../status/status.messages.js';
import type { StuckPartition } from '../tenure/tenure.js';

const VIEW_METRICS = {
  events_in: ['counter', 'Events of the stream that were read for the view'],
  events_out: ['counter', 'Events that were written to the view'],
  events_withheld: ['counter', "Events that the view's predicate withheld, or that have nothing of the view"],
  records_quarantined: ['counter', 'Records that are no events and so came to no view'],
  bytes_out: ['counter', 'Bytes of keys and values written to the view'],
  lag_events: ['gauge', 'Records between the view and the end of the stream'],
  lag_seconds: ['gauge', 'How old the record is that was read last for the view, when it is behind'],
  transaction_seconds: ['gauge', 'How long the last transaction took to end that committed something here'],
  shared_reading_ratio: ['gauge', "The part of the view's events that the shared reading read for it"],
  stuck: ['gauge', '1 when the view cannot go on here'],
} as const;

const PARTITION_METRICS = {
  events_in: ['counter', 'Events that the shared reading read'],
  records_quarantined: ['counter', 'Records that the shared reading put into quarantine'],
  lag_events: ['gauge', 'Records between the shared reading and the end of the stream'],
  lag_seconds: ['gauge', 'How old the record is that the shared reading read last, when it is behind'],
  transaction_seconds: ['gauge', 'How long the last transaction took to end that committed something here'],
  views: ['gauge', 'Views that the shared reading reads for'],
  stuck: ['gauge', '1 when the partition cannot be read'],
} as const;

/** A collector that does not answer holds nothing up for longer, also not the end of the process. */
const OTLP_ANSWER_MS = 3_000;

export interface MetricsOptions {
  readonly slot: string;
  /** A collector that takes OTLP over HTTP; undefined: nobody is sent anything. */
  readonly otlpEndpoint: string | undefined;
  readonly otlpEveryMs: number;
}

/** What is looked at when somebody asks. */
export interface Measurable {
  readonly desks: () => Iterable<PartitionDesk>;
  readonly stuck: () => Iterable<StuckPartition>;
  readonly teller: () => Teller;
  /** Views that wait for something, whether they have begun or not. */
  readonly viewsInTrouble: () => number;
}

/**
 * The router's metrics, as OpenTelemetry instruments: read by Prometheus, and sent to a collector where one is given. All
 * but the transactions are looked at when somebody asks, so they cost nothing per event.
 */
export class RouterMetrics {
  private readonly exporter = new PrometheusExporter({ preventServerStart: true });
  private readonly provider: MeterProvider;
  /** Without timestamps, and without lines that say which library measured. */
  private readonly serializer = new PrometheusSerializer('', false, undefined, true, true);
  private readonly transactions: Histogram;

  constructor({ slot, otlpEndpoint, otlpEveryMs }: MetricsOptions) {
    const resource = resourceFromAttributes({ 'service.name': 'citystreams-router', 'service.instance.id': slot });
    const otlp = otlpEndpoint === undefined ? [] : [otlpReader(otlpEndpoint, otlpEveryMs)];
    if (otlpEndpoint !== undefined) tellExportFailures();
    this.provider = new MeterProvider({ resource, readers: [this.exporter, ...otlp] });
    this.transactions = this.provider
      .getMeter('citystreams.router')
      .createHistogram('citystreams.router.transaction.seconds', {
        description: 'How long transactions took to end',
        advice: { explicitBucketBoundaries: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] },
      });
  }

  /** A transaction was committed. */
  committed(ms: number): void {
    this.transactions.record(ms / 1000);
  }

  /** Looks at this from now on. */
  observe({ desks, stuck, teller, viewsInTrouble }: Measurable): void {
    const meter = this.provider.getMeter('citystreams.router');
    const views = instruments(meter, 'citystreams.router.view', VIEW_METRICS);
    const partitions = instruments(meter, 'citystreams.router.partition', PARTITION_METRICS);
    const waiting = meter.createObservableGauge('citystreams.router.views.in.trouble', {
      description: 'Views that wait for something, whether they have begun or not',
    });
    const all = [...Object.values(views), ...Object.values(partitions), waiting];
    meter.addBatchObservableCallback((result) => {
      result.observe(waiting, viewsInTrouble());
      const now = teller();
      for (const desk of desks()) observeDesk(result, desk, now, views, partitions);
      for (const { stream, partition, code } of stuck())
        result.observe(partitions.stuck, 1, { stream, partition, trouble: code });
    }, all);
  }

  /** The Prometheus text format. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.exporter.collect();
    return this.serializer.serialize(resourceMetrics);
  }

  async close(): Promise<void> {
    // The last export may fail: it is told by then.
    await this.provider.shutdown().catch(() => undefined);
  }
}

/** The library is silent about exports that fail unless somebody listens. */
function tellExportFailures(): void {
  const log = new Logger('metrics');
  const ignore = (): void => undefined;
  const error = (message: string): void => log.warn(`metrics could not be exported: ${message}`);
  diag.setLogger({ error, warn: ignore, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.ERROR);
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
      transaction_seconds: own.transactionMs / 1000,
      views: own.views,
    },
  );
  observeStuck(result, partitions.stuck, { stream, partition }, own.trouble);
  for (const status of viewStatuses(desk, teller)) {
    if (status.state === 'stopped') continue;
    const { counts } = status;
    const attributes = { stream, partition, view: status.view };
    observeStuck(result, views.stuck, attributes, status.state === 'failed' ? (status.trouble ?? 'OTHER') : null);
    observeAll(result, views, attributes, {
      events_in: counts.read,
      events_out: counts.written,
      events_withheld: counts.withheld,
      records_quarantined: counts.quarantined,
      bytes_out: status.bytes ?? 0,
      lag_events: status.lagEvents ?? 0,
      lag_seconds: status.lagSeconds ?? 0,
      transaction_seconds: (status.transactionMs ?? 0) / 1000,
      shared_reading_ratio: status.sharedReading ?? 1,
    });
  }
}

/** With the reason as an attribute, where there is one. */
function observeStuck(
  result: BatchObservableResult,
  to: Observable,
  attributes: Attributes,
  trouble: string | null,
): void {
  if (trouble === null) result.observe(to, 0, attributes);
  else result.observe(to, 1, { ...attributes, trouble });
}

function observeAll<K extends string>(
  result: BatchObservableResult,
  to: Record<K, Observable>,
  attributes: Attributes,
  measured: Record<Exclude<K, 'stuck'>, number>,
): void {
  for (const [name, value] of Object.entries<number>(measured)) result.observe(to[name as K], value, attributes);
}

function otlpReader(endpoint: string, everyMs: number): PeriodicExportingMetricReader {
  const timeoutMillis = Math.min(everyMs, OTLP_ANSWER_MS);
  const exporter = new OTLPMetricExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/metrics`, timeoutMillis });
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: everyMs,
    exportTimeoutMillis: timeoutMillis,
  });
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
