/** Follows the records of an export in the order of the file, and names what does not fit. */
import { beginningOf, digestOf, type Entry, follow } from './format.js';
import type { Finding, FindingCode } from './findings.js';

interface Gap {
  from: number;
  to: number;
  /** Hash of the record before it, null if that is not known for sure. */
  before: string | null;
  /** What the record after it names as the hash before. */
  after: string;
}

export class ChainCheck {
  readonly findings: Finding[] = [];
  /** Number of the highest record that follows in its place. */
  last = 0;
  /** Hashes that the next record may name; none: the record before is damaged, anything may. */
  private ends: readonly string[];
  /** What was named as the hash before the last record. */
  private lastPrevious = '';
  private gaps: Gap[] = [];
  /** A record that lies too far ahead, until the next one shows whether it, or what is before it, is out of place. */
  private ahead: Entry | null = null;
  private readonly early = new Map<number, Entry>();
  private readonly hashes = new Map<number, string>();

  /** `wanted`: numbers of records whose hashes are asked for afterwards. */
  constructor(
    chain: string,
    private readonly wanted: ReadonlySet<number>,
  ) {
    this.ends = [beginningOf(chain)];
  }

  /** Hash of a wanted record, as the file has it. */
  hashOf(sequence: number): string | undefined {
    return this.hashes.get(sequence);
  }

  take(entry: Entry): void {
    const waiting = this.ahead;
    this.ahead = null;
    if (waiting !== null) {
      if (entry.sequence === this.last + 1) this.early.set(waiting.sequence, waiting);
      else this.accept(waiting);
    }
    if (entry.sequence <= this.last) this.back(entry);
    else if (entry.sequence === this.last + 1) this.accept(entry);
    else if (this.early.has(this.last + 1)) this.recall(entry);
    else this.ahead = entry;
  }

  /** After the last record. */
  end(): void {
    if (this.ahead !== null) this.accept(this.ahead);
    this.ahead = null;
    while (this.early.has(this.last + 1)) this.bringBack();
    for (const { sequence } of this.early.values())
      this.found('INSERTED', sequence, 'it was not written at this place');
    for (const { from, to } of this.gaps) {
      const what = from === to ? `record ${from} is missing` : `records ${from} to ${to} are missing`;
      this.found('DELETED', from, what);
    }
  }

  /** Whether this is the hash that the chain ends with. */
  endsWith(hash: string): boolean {
    return this.ends.length === 0 || this.ends.includes(hash);
  }

  private accept(entry: Entry): void {
    const { sequence, previous, hash } = entry;
    const twin = this.early.get(sequence);
    if (twin !== undefined) {
      this.early.delete(sequence);
      this.found('INSERTED', sequence, 'there are two records with this number');
    }
    const whole = this.isWhole(entry);
    if (sequence > this.last + 1) {
      this.gaps.push({ from: this.last + 1, to: sequence - 1, before: this.ends[0] ?? null, after: previous });
    } else if (whole && this.ends.length > 0 && !this.ends.includes(previous)) {
      this.broken(sequence);
    }
    this.last = sequence;
    this.lastPrevious = previous;
    this.ends = whole ? [hash] : [];
    if (this.wanted.has(sequence)) this.hashes.set(sequence, hash);
  }

  private broken(sequence: number): void {
    if (sequence === 1) this.found('EDITED', 1, 'it does not begin the chain that the file names');
    else this.found('EDITED', sequence - 1, `it is not the record that record ${sequence} was written after`);
  }

  /** A number that was passed already. */
  private back(entry: Entry): void {
    const { sequence, hash, previous } = entry;
    const gap = this.gaps.find((g) => g.from <= sequence && sequence <= g.to);
    const whole = this.isWhole(entry);
    if (gap === undefined) {
      this.found('INSERTED', sequence, 'there are two records with this number');
      // Which of the two is right is told by the next record.
      if (sequence === this.last && whole && previous === this.lastPrevious) this.ends = [...this.ends, hash];
      return;
    }
    this.found('REORDERED', sequence, 'it stands behind records that were written after it');
    this.fill(gap, entry, whole);
  }

  /** Records between `last` and this one that stood too early are put in their places. */
  private recall(entry: Entry): void {
    while (this.early.has(this.last + 1)) this.bringBack();
    this.take(entry);
  }

  private bringBack(): void {
    const entry = this.early.get(this.last + 1);
    if (entry === undefined) return;
    this.early.delete(entry.sequence);
    this.found('REORDERED', entry.sequence, 'it stands before records that were written before it');
    this.accept(entry);
  }

  private fill(gap: Gap, { sequence, hash, previous }: Entry, whole: boolean): void {
    const rest: Gap[] = [];
    if (sequence > gap.from) rest.push({ ...gap, to: sequence - 1, after: previous });
    else if (whole && gap.before !== null && gap.before !== previous) this.broken(sequence);
    if (sequence < gap.to) rest.push({ ...gap, from: sequence + 1, before: whole ? hash : null });
    else if (whole && gap.after !== hash)
      this.found('EDITED', sequence, 'it is not the record that the next was written after');
    this.gaps = this.gaps.flatMap((g) => (g === gap ? rest : [g]));
    if (this.wanted.has(sequence)) this.hashes.set(sequence, hash);
  }

  private isWhole({ record, previous, hash, sequence }: Entry): boolean {
    if (follow(previous, digestOf(record)) === hash) return true;
    this.found('EDITED', sequence, 'its content is not what its hash was made of');
    return false;
  }

  private found(code: FindingCode, record: number, message: string): void {
    this.findings.push({ code, record, message });
  }
}
