/** What Linux knows of a process, all its threads included. */
import { readFileSync } from 'node:fs';

/** Units of time in /proc: 100 a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;
const USER = 11;
const SYSTEM = 12;

/** User and system time since its start. @throws ENOENT when it is gone */
export function cpuSeconds(pid: number): number {
  // The name before the last parenthesis may contain anything; the state follows it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[USER]) + Number(fields[SYSTEM])) / TICKS_PER_SECOND;
}

/** Resident memory. @throws ENOENT when it is gone */
export function residentMiB(pid: number): number {
  return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 2 ** 20;
}
