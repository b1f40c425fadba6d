/** JSON text in which no number loses a digit. */

/** A number of a JSON text that a double cannot hold as it is written: the digits themselves. */
export class Numeral {
  constructor(readonly source: string) {}
}

/**
 * As `JSON.parse`, but a number whose digits a double would change comes as a `Numeral`. Throws SyntaxError.
 *
 * An object's `__proto__` is a member like any other.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined) return value;
    return isExact(value, source) ? value : new Numeral(source);
  });
}

/** Plain decimals of up to 15 digits survive a double; so do whole numbers up to 2^53, and `-0`. */
function isExact(value: number, source: string): boolean {
  if (String(value) === source || Object.is(value, -0)) return true;
  return Number.isSafeInteger(value) && /^-?\d+(?:\.0+)?$/.test(source);
}
