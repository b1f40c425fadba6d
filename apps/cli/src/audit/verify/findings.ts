/** What a check can find. */
export type FindingCode =
  | 'EDITED'
  | 'DELETED'
  | 'INSERTED'
  | 'REORDERED'
  | 'TRUNCATED'
  /** Hashes fit among each other, and a published head says that they were others. */
  | 'REWRITTEN'
  /** A head that carries the right key's name and not its signature. */
  | 'FORGED_HEAD'
  | 'SWAPPED_KEY'
  /** Two good signatures for the same place in the chain: who has the key has used it twice. */
  | 'FORKED'
  | 'OTHER_CHAIN'
  /** A name, text or state is not what was digested. */
  | 'DETAIL_EDITED'
  /** A name, text or state is not there, and no erasure says so. */
  | 'DETAIL_MISSING'
  | 'UNREADABLE';

export interface Finding {
  code: FindingCode;
  /** Number of the record that it is about, where it is about one. */
  record: number | null;
  message: string;
}

export interface Unchecked {
  check: string;
  why: string;
}

export interface Report {
  kind: 'export' | 'bundle';
  chain: string;
  records: number;
  findings: Finding[];
  checked: string[];
  unchecked: Unchecked[];
  /** The last record that a trusted head covers; null without one. */
  provedUpTo: { record: number; at: string } | null;
  /** What the checks cannot say, whatever is given. */
  limits: string[];
}
