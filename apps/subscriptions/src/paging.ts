import { Ulid } from '@citystreams/contracts';
import { z } from 'zod';

/** `?limit=&after=`: newest first; `after` is the `next` of the page before. */
export const PageAsked = z.object({
  after: Ulid.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PageAsked = z.infer<typeof PageAsked>;

export interface Page<T> {
  items: T[];
  /** What to pass as `after` for the next page; null on the last one. */
  next: string | null;
}

export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
