/** Which orders make a redrive. Pure. */
import { MOST_EXCEPTIONS } from '@citystreams/contracts';

/** Of one partition: what is to be looked at again, and what lies between and is not. */
export interface RedriveRange {
  partition: number;
  from: bigint;
  to: bigint;
  /** Offsets between both, ascending: delivered already, or in the hands of another order. */
  except: readonly bigint[];
}

/** A range that leaves out more than one order can becomes several, one after the other. */
export function splitRange({ partition, from, to, except }: RedriveRange, most = MOST_EXCEPTIONS): RedriveRange[] {
  const parts: RedriveRange[] = [];
  let begin = from;
  for (let at = 0; at < except.length; at += most) {
    const some = except.slice(at, at + most);
    const isLast = at + most >= except.length;
    const end = isLast ? to : (some.at(-1) ?? to);
    parts.push({ partition, from: begin, to: end, except: some });
    begin = end + 1n;
  }
  return parts.length === 0 ? [{ partition, from, to, except: [] }] : parts;
}
