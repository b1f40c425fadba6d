/** What the person at the terminal sees. Everything goes to standard output, problems in their own colour. */
import pc from 'picocolors';
import type { Paint } from '../live/live-view.js';
import { countComplaints } from './complaints.js';

export interface Terminal {
  readonly columns: number;
  readonly paint: Paint;
  line(text?: string): void;
  /** A part is up. */
  done(part: string, text: string): void;
  /** A part takes its time, or something changed that is nobody's fault. */
  note(part: string, text: string): void;
  warn(part: string, text: string): void;
  error(part: string, text: string): void;
  /**
   * What a service says in its log. Warnings are held back until `everythingIsUp`: while parts come up, each warns of
   * those that are not there yet. A flood is cut short.
   */
  complaint(level: 'warn' | 'error', part: string, text: string): void;
  everythingIsUp(): void;
}

const PART_WIDTH = 14;
const LONGEST_COMPLAINT = 240;
const USUAL_COLUMNS = 120;

/** @param color whether the terminal takes colours */
export function openTerminal(out: NodeJS.WriteStream, color: boolean, now: () => number): Terminal {
  const colors = pc.createColors(color);
  const complaints = countComplaints();
  let up = false;

  const write = (text: string): void => void out.write(`${text}\n`);
  const about = (mark: string, part: string, text: string): void =>
    write(`  ${mark} ${part.padEnd(PART_WIDTH)} ${text.replaceAll('\n', `\n${' '.repeat(PART_WIDTH + 5)}`)}`);
  const marks = { warn: colors.yellow('!'), error: colors.red('✗') };

  return {
    get columns() {
      return out.columns || USUAL_COLUMNS;
    },
    paint: {
      faint: colors.dim,
      stream: colors.cyan,
      receiver: colors.bold,
      value: colors.green,
      withheld: colors.yellow,
    },
    line: (text = '') => write(text),
    done: (part, text) => about(colors.green('✓'), part, text),
    note: (part, text) => about(colors.dim('·'), part, colors.dim(text)),
    warn: (part, text) => about(marks.warn, part, text),
    error: (part, text) => about(marks.error, part, text),
    complaint(level, part, text) {
      if (level === 'warn' && !up) return;
      const leftOut = complaints.leftOut(now());
      if (leftOut > 0) about(marks.warn, 'logs', `hold ${leftOut} more warnings of the last moments`);
      if (complaints.take(part, text, now())) about(marks[level], part, oneLine(text));
    },
    everythingIsUp: () => void (up = true),
  };
}

/** A service's words may be long, of several lines, or steer the terminal. */
function oneLine(text: string): string {
  const flat = text.replace(/\p{Cc}+/gu, ' ');
  return flat.length <= LONGEST_COMPLAINT ? flat : `${flat.slice(0, LONGEST_COMPLAINT - 1)}…`;
}
