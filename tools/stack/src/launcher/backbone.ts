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
  onGivenUp(why: string): void;
}

export function superviseBackbone(
  part: Part & ('kafka' | 'postgres'),
  server: Backbone,
  watcher: BackboneWatcher,
): RunningPart {
  const deaths: number[] = [];
  const stopping = new AbortController();
  let comingBack: Promise<void> = Promise.resolve();

  async function comeBack(why: string): Promise<void> {
    deaths.push(Date.now());
    const next = afterDeath(deaths, Date.now());
    if (!next.again) return watcher.onGivenUp(why);
    watcher.onDeath(why, next.afterMs);
    try {
      await delay(next.afterMs, undefined, { signal: stopping.signal });
    } catch {
      return; // stopped meanwhile
    }
    try {
      await server.restart();
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
