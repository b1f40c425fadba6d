import type { ExecutableMask } from '@citystreams/contracts';

export interface ViewFields {
  fields: readonly string[];
  masks: Readonly<Record<string, ExecutableMask>>;
}

/** What a value at a place of an event may show. */
export type Visible = 'hidden' | 'kept' | ExecutableMask;

/**
 * What a view shows at a path, told from its definition alone: hidden stays hidden below; a field is kept when it, or
 * one above it, is listed; the mask nearest to the root counts.
 */
export function visibilityBelow(view: ViewFields, path: string, above: Visible): Visible {
  if (above === 'hidden') return 'hidden';
  const isBelow = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}.`);
  const onTheWay = view.fields.some((field) => isBelow(field, path));
  const listed = view.fields.some((field) => isBelow(path, field));
  if (!onTheWay && !listed) return 'hidden';
  if (above !== 'kept') return above;
  const mask = Object.hasOwn(view.masks, path) ? view.masks[path] : undefined;
  if (mask?.kind === 'drop') return 'hidden';
  return mask === undefined || mask.kind === 'keep' ? 'kept' : mask;
}

/** Whether no byte of the value itself may be found in what the view shows of it. */
export const isSecret = (visible: Visible): boolean =>
  visible === 'hidden' ||
  (visible !== 'kept' && ['null', 'constant', 'pseudonym'].includes(visible.kind)) ||
  (visible !== 'kept' && visible.kind === 'generalise' && visible.to.by === 'groups');

/** Whether the beginning or end of a text may show, and so only its middle is secret. */
export const showsEnds = (visible: Visible): boolean =>
  visible !== 'hidden' &&
  visible !== 'kept' &&
  (visible.kind === 'partial' || (visible.kind === 'truncate' && visible.to.unit === 'characters'));
