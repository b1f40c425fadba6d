import avsc from 'avsc';
import { decimalText, decimalUnscaled, twosComplement, twosComplementBytes } from './json/decimal.js';

/** A decimal as its digits, `'12.30'`: never a float, and never bytes that everybody would have to read alike. */
export class DecimalType extends avsc.types.LogicalType {
  private readonly precision: number;
  private readonly scale: number;
  private readonly size: number | null;

  constructor(schema: avsc.Schema, options?: unknown) {
    super(schema, options);
    const { precision, scale = 0, size } = schema as { precision?: unknown; scale?: unknown; size?: unknown };
    this.precision = Number(precision);
    this.scale = Number(scale);
    this.size = typeof size === 'number' ? size : null;
    const sound = Number.isInteger(precision) && Number.isInteger(scale) && this.scale >= 0;
    // The specification then takes the plain type; avsc does so when this throws.
    if (!sound || this.precision < 1 || this.scale > this.precision) throw new RangeError('no decimal');
  }

  inWords(): string {
    return `decimal of ${this.precision} digits, ${this.scale} after the point, as text`;
  }

  protected override _fromValue(bytes: Buffer): string {
    return decimalText(twosComplement(bytes), this.scale);
  }

  /** Undefined: not a value of this type. */
  protected override _toValue(value: unknown): Buffer | undefined {
    const unscaled = typeof value === 'string' ? decimalUnscaled(value, this.precision, this.scale) : null;
    return unscaled === null ? undefined : (twosComplementBytes(unscaled, this.size) ?? undefined);
  }

  protected override _export(schema: avsc.Schema): void {
    Object.assign(schema as object, { precision: this.precision, scale: this.scale });
  }

  protected override _resolve(): undefined {
    return undefined;
  }
}
