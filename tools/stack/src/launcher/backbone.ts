/** Kafka and PostgreSQL as parts that come back by themselves. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from './parts.js';
import { afterDeath } from './restart-policy.js';
import type { RunningPart } from './stopping.js';

/** What Kafka's and PostgreSQL's modules have in common. */
export interface Backbone {
  onExit(listener: (why: string) => void): void;
  restart(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface BackboneWatcher {
  onDeath(why: string, againMs: number): void;
  onBack(): void;
  /** It dies too often; said once, and it is tried again at this pace until it is back. */
  onFailing(why: string, everyMs: number): void;
}

export function superviseBackbone(
  part: Part & ('kafka' | 'postgres'),
  server: Backbone,
  watcher: BackboneWatcher,
): RunningPart {
  const deaths: number[] = [];
  let failing = false;
  const stopping = new AbortController();
  let comingBack: Promise<void> = Promise.resolve();

  async function comeBack(why: string): Promise<void> {
    deaths.push(Date.now());
    const next = afterDeath(deaths, Date.now(), failing);
    if (next.failing && !failing) watcher.onFailing(why, next.afterMs);
    else if (!next.failing) watcher.onDeath(why, next.afterMs);
    failing = next.failing;
    try {
      await delay(next.afterMs, undefined, { signal: stopping.signal });
    } catch {
      return; // stopped meanwhile
    }
    try {
      await server.restart();
      failing = false;
      watcher.onBack();
    } catch (cause) {
      if (!stopping.signal.aborted) await comeBack((cause as Error).message);
    }
  }

  server.onExit((why) => {
    if (!stopping.signal.aborted) comingBack = comeBack(why);
  });

  return {
    name: part,
    part,
    async stop() {
      stopping.abort();
      await comingBack;
      await server.stop();
    },
    kill() {
      stopping.abort();
      void server.kill().catch(() => undefined);
    },
  };
}
