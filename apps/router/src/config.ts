import { serviceSettings } from '@citystreams/nest';
import { z } from 'zod';

const MEBIBYTE = 1 << 20;
const count = (least: number, most: number, usual: number) =>
  z.coerce.number().int().min(least).max(most).default(usual);

/** What the router is told at start. It never asks PostgreSQL or a control service for anything. */
export const RouterConfig = z.object({
  ...serviceSettings.http,
  ...serviceSettings.kafka,
  /**
   * Which router this is, of those that share the streams' partitions. Two processes must not have the same: the older
   * one ends.
   */
  ROUTER_SLOT: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('0'),
  /** Secret from which the keys of views are derived: 32 bytes or more as hex. Given as MASK_KEY_FILE. */
  MASK_KEY: z.string().min(64),

  /** Milliseconds between two transactions. Half of it is what the router adds to an event's way, on average. */
  COMMIT_INTERVAL_MS: count(5, 5_000, 100),
  /** Bytes written and not acknowledged, from which on nothing more is fetched. */
  IN_FLIGHT_BYTES: count(MEBIBYTE, 1024 * MEBIBYTE, 32 * MEBIBYTE),
  /** Bytes that batches still open may take; it decides how large each may grow. */
  OPEN_BATCH_BYTES: count(4 * MEBIBYTE, 1024 * MEBIBYTE, 24 * MEBIBYTE),
  /** Bytes of one fetch answer, of all partitions. */
  FETCH_BYTES: count(64 << 10, 64 * MEBIBYTE, 4 * MEBIBYTE),
  /** Bytes that one batch of a source may have after decompression; a larger one stops its partition. */
  DECOMPRESSED_BYTES: count(MEBIBYTE, 1024 * MEBIBYTE, 64 * MEBIBYTE),
  /** Compression of view topics' batches. */
  VIEW_COMPRESSION: z.enum(['none', 'lz4', 'gzip', 'zstd']).default('none'),
  /**
   * A transaction that is older is given up by the broker. So long, at most, consumers of the views wait for what a
   * router left open that was killed, unless it comes back sooner.
   */
  TRANSACTION_TIMEOUT_MS: count(5_000, 60_000, 15_000),
  /** A router that is silent for so long loses its partitions to the others. */
  SESSION_TIMEOUT_MS: count(6_000, 300_000, 10_000),

  /** Where the metrics are sent as well, as OTLP over HTTP: the address of a collector, without `/v1/metrics`. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Milliseconds between two of these exports. */
  OTEL_METRIC_EXPORT_INTERVAL: count(1_000, 600_000, 60_000),
});
export type RouterConfig = z.infer<typeof RouterConfig>;
