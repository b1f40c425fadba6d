import type { AvroRecord } from '@citystreams/avro';
import type { FieldPath, Finding, Mask, WrittenDelta } from '@citystreams/contracts';
import { parseMask } from '../masks/mask.text.js';
import { readPredicate } from '../predicates/read.js';
import type { Delta } from './narrow.js';

export type DeltaReading = { ok: true; delta: Delta } | { ok: false; problems: Finding[] };

/** A delta as it was written, made into what `narrow` takes; every problem of its texts at once. */
export function readDelta(written: WrittenDelta, record: AvroRecord): DeltaReading {
  const problems: Finding[] = [];
  const masks = written.masks === undefined ? undefined : readMasks(written.masks, problems);
  const predicate = written.predicate === undefined ? null : readPredicate(written.predicate, record);
  if (predicate?.ok === false) problems.push(...predicate.problems);
  if (problems.length > 0) return { ok: false, problems };
  const { remove, months, start } = written;
  const delta: Delta = {
    ...(remove !== undefined && { remove }),
    ...(masks !== undefined && { masks }),
    ...(predicate?.ok === true && { predicate: predicate.predicate }),
    ...(months !== undefined && { months }),
    ...(start !== undefined && { start }),
  };
  return { ok: true, delta };
}

function readMasks(written: Exclude<WrittenDelta['masks'], undefined>, problems: Finding[]): Record<FieldPath, Mask> {
  const masks = Object.entries(written).flatMap(([path, mask]): [FieldPath, Mask][] => {
    if (typeof mask !== 'string') return [[path, mask]];
    const read = parseMask(mask);
    if (read.ok) return [[path, read.mask]];
    problems.push({ field: `masks.${path}`, message: `column ${read.column}: ${read.message}` });
    return [];
  });
  return Object.fromEntries(masks);
}
