export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** @throws RangeError for nothing */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [least, most, upper, lower] = [sorted[0], sorted.at(-1), sorted[middle], sorted[middle - 1]];
  if (least === undefined || most === undefined || upper === undefined) throw new RangeError('no values');
  const median = sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
  return { median, least, most, count: sorted.length };
}
