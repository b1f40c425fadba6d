/** Query parameters as the original's HTTP library reads them. */
import { RegistryError } from '../registry-error.js';

export type QueryValues = Readonly<Record<string, string | string[] | undefined>>;

export class Query {
  constructor(private readonly values: QueryValues) {}

  /** Anything but `true` is false. */
  flag(name: string): boolean {
    return this.text(name).toLowerCase() === 'true';
  }

  /** Of a repeated parameter the first; empty when absent. */
  text(name: string): string {
    return this.list(name)[0] ?? '';
  }

  has(name: string): boolean {
    return Object.hasOwn(this.values, name);
  }

  list(name: string): string[] {
    const value = this.has(name) ? this.values[name] : undefined;
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
  }

  page(): { offset: number; limit: number } {
    const offset = this.integer('offset', 0);
    if (offset < 0) throw new RegistryError('UNPROCESSABLE', 'offset must not be negative');
    return { offset, limit: this.integer('limit', -1) };
  }

  private integer(name: string, otherwise: number): number {
    const text = this.text(name);
    return text === '' ? otherwise : javaInteger(text);
  }
}

/** What is no integer in a path or a query has no address: 404, as in the original. */
export function javaInteger(text: string): number {
  const number = /^[+-]?\d{1,11}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= -(2 ** 31) && number < 2 ** 31) return number;
  throw noSuchAddress();
}

export const noSuchAddress = (): RegistryError => new RegistryError('NOT_FOUND', 'HTTP 404 Not Found');
