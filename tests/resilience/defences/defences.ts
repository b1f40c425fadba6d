/**
 * The router's defences, each with the edits that take it out of a router's compiled code, a scenario in which that
 * shows, and what the checker must say then. A defence that others stand behind is taken out together with them.
 */
import type { ViolationKind } from '../checker/facts.js';

export interface Edit {
  /** End of the module's path. */
  readonly file: string;
  /** Occurs once in it. */
  readonly find: string;
  readonly replace: string;
}

export interface Defence {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly scenario: string;
  readonly seed: number;
  /** Any of them. */
  readonly told: readonly ViolationKind[];
}

const at = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

const FETCH = '/data-path/messages/fetch.js';
const OFFSET_FETCH = '/data-path/messages/offset.fetch.js';
const GROUP_POSITIONS = '/router/dist/transactions/group.positions.js';
const TRANSACTIONS = '/router/dist/transactions/transactions.js';
const DESK = '/router/dist/readings/partition.desk.js';
const OPENING = '/router/dist/seats/opening.js';
const HEADERS = '/router/dist/projection/event.headers.js';

const readsWithoutWaiting = at(OFFSET_FETCH, '.boolean(true)', '.boolean(false)');
/** Goes on at once with another sender, as if it knew what became of the last one's transaction. */
const takesUnknownFor = (what: string): Edit =>
  at(
    TRANSACTIONS,
    'return this.#outcomeOf(error);',
    `if (isFenced(error)) throw error;
     const old = this.#sender;
     this.#sender = null;
     await old.close();
     await this.open();
     ${what}
     return { kind: 'committed', ms: 0 };`,
  );

export const DEFENCES: readonly Defence[] = [
  {
    name: 'sources are read as read_committed',
    edits: [at(FETCH, '.int8(READ_COMMITTED)', '.int8(0)')],
    scenario: 'calm',
    seed: 11,
    told: ['ABORTED_SOURCE'],
  },
  {
    name: 'only allowed headers are shown',
    edits: [at(HEADERS, 'this.#isAsAllowed = isAsAllowed;', 'this.#isAsAllowed = true;')],
    scenario: 'calm',
    seed: 12,
    told: ['LEAK'],
  },
  {
    name: 'an unknown end of a transaction is not taken for a success',
    edits: [takesUnknownFor('for (const desk of desks) desk.committed();')],
    scenario: 'requests-lost',
    seed: 13,
    told: ['LOSS', 'POSITION_AHEAD'],
  },
  {
    name: 'an unknown end of a transaction is not taken for a failure',
    edits: [takesUnknownFor('this.outputs.drop(); for (const desk of desks) desk.rewind();')],
    scenario: 'answers-lost',
    seed: 14,
    told: ['DUPLICATE'],
  },
  {
    name: 'what is given up is read again',
    edits: [at(DESK, '        this.ledger.rewind();\n', '')],
    scenario: 'right-lost',
    seed: 15,
    told: ['LOSS', 'POSITION_AHEAD'],
  },
  {
    name: 'positions are committed under the generation in which they were read',
    edits: [at(GROUP_POSITIONS, 'member: { memberId, generation, instanceId }', 'member: null')],
    scenario: 'succeeded-while-frozen',
    seed: 16,
    told: ['DUPLICATE'],
  },
  {
    name: 'positions are read when nobody moves them any more',
    edits: [readsWithoutWaiting],
    scenario: 'end-after-succession',
    seed: 17,
    told: ['DUPLICATE'],
  },
  {
    name: 'one transactional id for each slot, so that the newer fences the older',
    edits: [
      at(
        TRANSACTIONS,
        '{ transactionalId, timeoutMs',
        '{ transactionalId: `${transactionalId}.${Date.now()}`, timeoutMs',
      ),
      readsWithoutWaiting,
    ],
    scenario: 'late-end',
    seed: 18,
    told: ['DUPLICATE'],
  },
  {
    name: 'a position belongs to a topic, not to a name',
    edits: [
      at(OPENING, 'stored !== null && stored.topicId !== topicId', 'false'),
      at(OPENING, "stored.topicId === topicId ? stored.seat : 'lost'", 'stored.seat'),
    ],
    scenario: 'source-recreated',
    seed: 19,
    told: ['BEYOND_SPAN', 'LOSS'],
  },
  {
    name: 'a stopped view is not written',
    edits: [
      at(
        DESK,
        'this.ledger.stop(view, generation);\n        this.#detach(view);',
        'this.ledger.stop(view, generation);',
      ),
    ],
    scenario: 'revoked',
    seed: 20,
    told: ['BEYOND_SPAN'],
  },
];
