/** Transactions of routers as their coordinators see them. */
import { initProducerIdV5, listTransactionsV1 } from '@platformatic/kafka';
import { waitUntil } from '@citystreams/testing';
import type { Wire } from '../wire/connections.js';

const PREFIX = 'citystreams.router';
const TIMEOUT_MS = 10_000;
const UNFINISHED = ['Ongoing', 'PrepareCommit', 'PrepareAbort', 'PrepareEpochFence'];

export interface OpenTransaction {
  readonly id: string;
  readonly state: string;
}

/** Those that are not complete. */
export async function openTransactions(wire: Wire): Promise<OpenTransaction[]> {
  const found: OpenTransaction[] = [];
  for (const node of await wire.nodeIds()) {
    const answer = await wire.node(node, listTransactionsV1.api, [], [], -1n, null);
    for (const { transactionalId, transactionState } of answer.transactionStates)
      if (transactionalId.startsWith(PREFIX) && UNFINISHED.includes(transactionState))
        found.push({ id: transactionalId, state: transactionState });
  }
  return found;
}

/** What the next router does first: fences who held the id and ends what that one left open. Only when none runs. */
export async function endOpenTransactions(wire: Wire): Promise<void> {
  for (const { id } of await openTransactions(wire)) {
    await waitUntil(`${id} is fenced`, async () => {
      const answer = await wire.coordinator('transaction', id, initProducerIdV5.api, id, TIMEOUT_MS, -1n, -1);
      return answer.errorCode === 0;
    });
  }
  await waitUntil('no transaction is open', async () => (await openTransactions(wire)).length === 0);
}
