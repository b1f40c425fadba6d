import type { z } from 'zod';

export type ControlRecord<T> = { ok: true; message: T } | { ok: false; reason: string };

/** A record of a control topic. What cannot be understood is an answer, not an exception: it must not end the process. */
export function readControl<T>(schema: z.ZodType<T>, value: Buffer): ControlRecord<T> {
  let json: unknown;
  try {
    json = JSON.parse(value.toString('utf8'));
  } catch {
    return { ok: false, reason: 'it is not JSON' };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  return { ok: false, reason: parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') };
}
