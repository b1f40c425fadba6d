/**
 * JSON as the Java library writes it, character for character: no spaces, members in their order, only what must be
 * escaped is, and numbers as Java's `Double.toString` and `Float.toString` give them.
 */
import { isJsonObject, type JsonValue } from './json.js';

export function writeJson(value: JsonValue): string {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'number') return writeDecimal(value, String(Math.abs(value)));
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (!isJsonObject(value)) return `[${value.map(writeJson).join(',')}]`;
  return `{${[...value].map(([name, inner]) => `${writeText(name)}:${writeJson(inner)}`).join(',')}}`;
}

/** JSON.stringify but for control characters, which Jackson writes in capitals, and lone surrogates, which it keeps. */
export function writeText(text: string): string {
  const plain = JSON.stringify(text);
  if (!plain.includes('\\u')) return plain;
  return plain.replace(/\\(\\|u[0-9a-f]{4})/g, (escape, code: string) => {
    if (code === '\\') return escape;
    return code.startsWith('ud')
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : `\\u${code.slice(1).toUpperCase()}`;
  });
}

/** A 32-bit float: the shortest digits that read back as the same float. */
export function writeFloat(value: number): string {
  const float = Math.fround(value);
  if (!Number.isFinite(float)) return writeDecimal(float, '');
  let digits = 1;
  while (Math.fround(Number(float.toPrecision(digits))) !== float) digits += 1;
  return writeDecimal(float, String(Math.abs(Number(float.toPrecision(digits)))));
}

/** `shortest`: the magnitude as JavaScript writes it; Java differs in where the point goes and when there is an exponent. */
function writeDecimal(value: number, shortest: string): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0.0`;
  const [mantissa = '', exponent = '0'] = shortest.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const leading = `${whole}${fraction}`.search(/[1-9]/);
  const digits = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '');
  /** The value is 0.digits times ten to this power. */
  const power = Number(exponent) + whole.length - leading;
  if (power > -3 && power <= 0) return `${sign}0.${'0'.repeat(-power)}${digits}`;
  if (power > 0 && power <= 7) {
    return `${sign}${digits.slice(0, power).padEnd(power, '0')}.${digits.slice(power) || '0'}`;
  }
  return `${sign}${digits.slice(0, 1)}.${digits.slice(1) || '0'}E${power - 1}`;
}

const JAVA_DECIMAL = /^[+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?)$/;

/** `Double.parseDouble`, but for hexadecimal floating point: a default of type double may be written as text. */
export function readDecimalText(text: string): number | null {
  const trimmed = trimSpace(text);
  if (!JAVA_DECIMAL.test(trimmed)) return null;
  return Number(trimmed.replace(/[fFdD]$/, ''));
}

/** What Java's `String.trim` takes away: everything up to the space. */
function trimSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 32) from += 1;
  while (to > from && text.charCodeAt(to - 1) <= 32) to -= 1;
  return text.slice(from, to);
}
