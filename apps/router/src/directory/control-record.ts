import { Logger } from '@nestjs/common';
import type { z } from 'zod';

const log = new Logger('control');

/**
 * One record of a control topic, or null for a tombstone or a record this version does not understand. An unknown
 * format is reported, and what it asks for is denied; it never ends the process.
 */
export function readControl<T>(schema: z.ZodType<T>, key: string, value: Buffer | null): T | null {
  if (value === null) return null;
  const parsed = schema.safeParse(parseJson(value));
  if (parsed.success) return parsed.data;
  log.error(
    `control record ${key} is not understood, what it asks for is denied: ${parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`,
  );
  return null;
}

function parseJson(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
