import type { OfferedDelta, StreamMessage, WrittenDelta } from '@citystreams/contracts';
import { type Ask, type Delta, narrow, readDelta } from '@citystreams/domain';
import type { RequestEntity } from './request.entity.js';
import { contractFacts } from './request.facts.js';

interface ReadDelta {
  /** As it was written where it has problems: nothing comes of it then. */
  delta: OfferedDelta;
  problems: { field: string; message: string }[];
}

/** A counter-offer as it was written: what is wrong with it, and whether it is narrower than what is asked. */
export function deltaFor(written: WrittenDelta, row: RequestEntity, stream: StreamMessage, now: Date): ReadDelta {
  const { record } = contractFacts(stream);
  const read = readDelta(written, record);
  if (!read.ok) return { delta: {}, problems: inDelta(read.problems) };
  const narrowed = narrow(askOf(row), read.delta, record, now);
  return { delta: read.delta as OfferedDelta, problems: narrowed.ok ? [] : inDelta(narrowed.problems) };
}

const inDelta = (problems: readonly { field: string; message: string }[]) =>
  problems.map(({ field, message }) => ({ field: field === '' ? 'delta' : `delta.${field}`, message }));

/** What is asked becomes as narrow as was offered. Throws RangeError for a delta that is not narrower. */
export function narrowRow(row: RequestEntity, delta: object, stream: StreamMessage, now: Date): void {
  const narrowed = narrow(askOf(row), delta as Delta, contractFacts(stream).record, now);
  if (!narrowed.ok) throw new RangeError(`what was offered for ${row.id} does not narrow it any more`);
  const { fields, masks, predicate, restriction = null, months, start } = narrowed.ask;
  Object.assign(row, { fields: [...fields], masks, predicate, restriction, months, start });
}

export const askOf = ({ fields, masks, predicate, restriction, months, start }: RequestEntity): Ask => ({
  ...{ fields, masks, predicate, restriction, months, start },
});
