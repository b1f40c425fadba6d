import type { Candidate } from './candidate.js';
import { copyPeer, plainPeer, streamsPeer, TUNED } from './peers.js';
import { routerProcess } from './router.process.js';

const MAKERS: Readonly<Record<string, (commitMs: number) => Candidate>> = {
  router: () => routerProcess(),
  /** Two processes that share the partitions. */
  'router-2': () => routerProcess({ slots: ['0', '1'] }),
  streams: (commitMs) => streamsPeer('streams', TUNED.streams(commitMs)),
  plain: (commitMs) => plainPeer('plain', TUNED.plain(commitMs)),
  copy: (commitMs) => copyPeer('copy', TUNED.plain(commitMs)),
};

/** @throws RangeError for a name that nobody has */
export function candidateNamed(name: string, commitMs: number): Candidate {
  const make = MAKERS[name];
  if (make === undefined)
    throw new RangeError(`no such candidate: ${name}; there are ${Object.keys(MAKERS).join(', ')}`);
  return make(commitMs);
}
