/** How clients name versions and cut lists. */
import { RegistryError } from '../registry-error.js';

export const LATEST = -1;

/** Throws INVALID_VERSION. */
export function versionNumber(asked: string): number {
  const text = asked.trim();
  if (text.toLowerCase() === 'latest') return LATEST;
  const number = /^[+-]?\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (number === LATEST || (number >= 1 && number < 2 ** 31)) return number;
  throw new RegistryError(
    'INVALID_VERSION',
    `The specified version '${asked}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
  );
}

export interface Page {
  offset: number;
  /** Below 1: as many as there may be. */
  limit: number;
}

export function pageOf<T>(items: readonly T[], { offset, limit }: Page, most = Number.POSITIVE_INFINITY): T[] {
  const size = limit > 0 && limit <= most ? limit : most;
  return items.slice(offset, offset + size);
}
