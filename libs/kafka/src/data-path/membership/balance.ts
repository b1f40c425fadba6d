import type { Partitions } from '../messages/consumer.protocol.js';

export interface Claimant {
  memberId: string;
  /** What he is told apart by over restarts; the order of claimants where nothing else decides. */
  name: string;
  topics: readonly string[];
  /** What he has now. */
  owned: Partitions;
  generation: number;
}

interface Share {
  readonly claimant: Claimant;
  readonly wants: ReadonlySet<string>;
  readonly partitions: Map<string, number[]>;
  count: number;
}

/**
 * Who reads which partitions. The same input gives the same answer, in whatever order the claimants come.
 *
 * Each partition has one reader among those who want its topic. Everybody keeps what he has, unless another has more
 * than one partition less; then only as many move as even that out. What nobody has goes to who has least.
 */
export function balance(
  claimants: readonly Claimant[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, Map<string, number[]>> {
  const shares = claimants
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.memberId, b.memberId))
    .map((claimant): Share => ({ claimant, wants: new Set(claimant.topics), partitions: new Map(), count: 0 }));
  const topics = [...partitionCounts].toSorted(([a], [b]) => compare(a, b));
  for (const [topic, count] of topics) {
    const takers = shares.filter(({ wants }) => wants.has(topic));
    if (takers.length === 0) continue;
    const owners = ownersOf(topic, takers);
    for (let partition = 0; partition < count; partition++) {
      const owner = owners.get(partition);
      if (owner !== undefined) give(owner, topic, partition);
    }
  }
  for (const [topic, count] of topics) {
    const takers = shares.filter(({ wants }) => wants.has(topic));
    const taken = new Set(takers.flatMap(({ partitions }) => partitions.get(topic) ?? []));
    for (let partition = 0; partition < count; partition++) {
      if (!taken.has(partition) && takers.length > 0) give(least(takers, topic), topic, partition);
    }
  }
  evenOut(shares);
  return new Map(shares.map(({ claimant, partitions }) => [claimant.memberId, ordered(partitions)]));
}

/** Of several who claim the same, the one of the latest generation; then the first by name. */
function ownersOf(topic: string, takers: readonly Share[]): Map<number, Share> {
  const owners = new Map<number, Share>();
  for (const share of takers) {
    for (const partition of share.claimant.owned.get(topic) ?? []) {
      const other = owners.get(partition);
      if (other === undefined || other.claimant.generation < share.claimant.generation) owners.set(partition, share);
    }
  }
  return owners;
}

function give(share: Share, topic: string, partition: number): void {
  const partitions = share.partitions.get(topic) ?? [];
  partitions.push(partition);
  share.partitions.set(topic, partitions);
  share.count++;
}

const has = ({ partitions }: Share, topic: string) => partitions.get(topic)?.length ?? 0;

function least(takers: readonly Share[], topic: string): Share {
  return takers.reduce((best, one) => {
    const less = one.count - best.count || has(one, topic) - has(best, topic);
    return less < 0 ? one : best;
  });
}

/**
 * Moves single partitions from who has more to who has at least two less and wants the topic, until there is no such
 * pair. Each move brings two shares nearer to each other, so it ends.
 */
function evenOut(shares: readonly Share[]): void {
  for (;;) {
    const move = bestMove(shares);
    if (move === undefined) return;
    const { from, to, topic } = move;
    const partition = from.partitions.get(topic)?.pop();
    if (partition === undefined) return;
    from.count--;
    give(to, topic, partition);
  }
}

function bestMove(shares: readonly Share[]): { from: Share; to: Share; topic: string } | undefined {
  for (const from of shares.toSorted((a, b) => b.count - a.count)) {
    for (const to of shares.toSorted((a, b) => a.count - b.count)) {
      if (from.count - to.count < 2) break;
      // Of the topic that he has most of, compared with the other: so that topics are spread too.
      let best: string | undefined;
      for (const topic of from.partitions.keys()) {
        if (!to.wants.has(topic) || has(from, topic) === 0) continue;
        if (best === undefined || has(from, topic) - has(to, topic) > has(from, best) - has(to, best)) best = topic;
      }
      if (best !== undefined) return { from, to, topic: best };
    }
  }
  return undefined;
}

function ordered(partitions: ReadonlyMap<string, number[]>): Map<string, number[]> {
  const kept = [...partitions].filter(([, numbers]) => numbers.length > 0).toSorted(([a], [b]) => compare(a, b));
  return new Map(kept.map(([topic, numbers]) => [topic, numbers.toSorted((a, b) => a - b)]));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
