import { z } from 'zod';

/** Why a person is written to. */
export const ReminderKind = z.enum([
  'waits',
  'half-time',
  'little-time',
  'overdue',
  'escalated',
  'lapsed',
  'approvals-void',
  'granted-by-rule',
]);
export type ReminderKind = z.infer<typeof ReminderKind>;
