/** What a line of a service's log is to the launcher. */
import { z } from 'zod';
import { LiveEvent } from '../live/live-event.js';

export type LogLine =
  | { readonly kind: 'live'; readonly event: LiveEvent }
  | { readonly kind: 'problem'; readonly level: 'warn' | 'error'; readonly text: string }
  | { readonly kind: 'other' };

const OTHER: LogLine = { kind: 'other' };

/** Levels by name, and as numbers for logs that write them so. */
const LEVELS: Readonly<Record<string, 'warn' | 'error'>> = {
  warn: 'warn',
  error: 'error',
  fatal: 'error',
  40: 'warn',
  50: 'error',
  60: 'error',
};
const Entry = z.looseObject({
  level: z.union([z.string(), z.number()]),
  msg: z.string().optional(),
  message: z.string().optional(),
  cause: z.string().optional(),
  err: z.looseObject({ message: z.string() }).optional().catch(undefined),
});

export function readLogLine(line: string): LogLine {
  if (!line.startsWith('{')) return OTHER;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return OTHER;
  }
  const live = LiveEvent.safeParse(json);
  if (live.success) return { kind: 'live', event: live.data };
  const entry = Entry.safeParse(json);
  if (!entry.success) return OTHER;
  const level = LEVELS[String(entry.data.level)];
  if (level === undefined) return OTHER;
  const { msg, message, err, cause } = entry.data;
  const parts = [msg, message, err?.message, cause].filter((part, i, all) => part && all.indexOf(part) === i);
  return { kind: 'problem', level, text: parts.join(': ') || 'an error without a text' };
}
