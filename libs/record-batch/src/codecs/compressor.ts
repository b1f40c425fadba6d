import { gzipSync, zstdCompressSync } from 'node:zlib';
import { lz4Compress } from '@platformatic/wasm-utils';
import type { CodecName } from '../batch-layout.js';

/** What batches can be written with. */
export type WritableCodec = Exclude<CodecName, 'snappy'>;

/** How each codec compresses; null: not at all. */
export const COMPRESS: Record<WritableCodec, ((records: Buffer) => Buffer) | null> = {
  none: null,
  gzip: (records) => gzipSync(records),
  lz4: (records) => lz4Compress(records),
  zstd: (records) => zstdCompressSync(records),
};
