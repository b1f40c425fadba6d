/**
 * What is committed with an offset, as its metadata: JSON, read at every assignment, so that no state is ever inferred
 * from offsets alone. A broker takes 4,096 bytes of it.
 */
import { z } from 'zod';
import type { Seat } from '../seats/seat.js';

const SharedMark = z.object({
  v: z.literal(1),
  topicId: z.string(),
  /** As in the ledger's state. */
  refused: z.record(z.string(), z.number().int().nonnegative()).default({}),
  order: z.number().int().default(-1),
});
export type SharedMark = z.infer<typeof SharedMark>;

const SeatMark = z.object({
  v: z.literal(1),
  topicId: z.string(),
  state: z.enum(['catching-up', 'adopted', 'ejected', 'stopped']),
  from: z.number().int().nonnegative(),
  generation: z.number().int().positive(),
  since: z.number().int().nonnegative(),
});

const RedriveMark = z.object({
  v: z.literal(1),
  /** Offset in the orders' topic of the order that the position belongs to. */
  order: z.number().int().nonnegative(),
  done: z.boolean(),
  delivered: z.number().int().nonnegative(),
  refused: z.number().int().nonnegative(),
});
export type RedriveMark = z.infer<typeof RedriveMark>;

/** The metadata is none that this version wrote: nothing may be concluded from the offset beside it. */
export class UnreadableMark extends Error {
  override readonly name = 'UnreadableMark';
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UnreadableMark('the metadata of a committed position is no JSON', { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new UnreadableMark('the metadata of a committed position is of an unknown form');
  return parsed.data;
}

export const sharedMark = {
  text: (mark: Omit<SharedMark, 'v'>): string => JSON.stringify({ v: 1, ...mark }),
  parse: (text: string): SharedMark => parse(SharedMark, text),
};

export const seatMark = {
  text: ({ state, from, generation, since }: Seat, topicId: string): string =>
    JSON.stringify({ v: 1, topicId, state, from, generation, since }),
  parse: (text: string, offset: number): { seat: Seat; topicId: string } => {
    const { state, from, generation, since, topicId } = parse(SeatMark, text);
    return { seat: { state, position: offset, from, generation, since }, topicId };
  },
};

export const redriveMark = {
  text: (mark: Omit<RedriveMark, 'v'>): string => JSON.stringify({ v: 1, ...mark }),
  parse: (text: string): RedriveMark => parse(RedriveMark, text),
};
