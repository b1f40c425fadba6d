/** Decimals as their digits, and as two's complement bytes with the most significant first. Never through a float. */

const TEXT = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** `12.30` for 1230 at scale 2. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
}

/** Null for what is no decimal, has more digits after the point than the scale, or more in all than the precision. */
export function decimalUnscaled(text: string, precision: number, scale: number): bigint | null {
  const parts = TEXT.exec(text);
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = scale - fraction.length + Number(exponent);
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  if (digits === '0') return 0n;
  if (shift < 0 && /[^0]/.test(digits.slice(shift))) return null;
  const scaled = shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(Math.min(shift, precision + 1));
  if (scaled.length > precision) return null;
  return BigInt(sign + (scaled === '' ? '0' : scaled));
}

export function twosComplement(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return BigInt.asIntN(bytes.length * 8, value);
}

/** In as few bytes as it takes, at least one; or in exactly `size`. Null where that is too few. */
export function twosComplementBytes(value: bigint, size: number | null): Buffer | null {
  let length = size ?? 1;
  while (BigInt.asIntN(length * 8, value) !== value) {
    if (size !== null) return null;
    length += 1;
  }
  if (length === 0) return Buffer.alloc(0);
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  );
}
