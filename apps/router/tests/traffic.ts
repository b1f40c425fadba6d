/** Events that go on being published while something else happens. */
import type { TestStream } from './scene.js';

const BURST = 20;
const PAUSE_MS = 15;

export interface Traffic {
  published(): number;
  /** Resolves to how many events were published in all. */
  stop(): Promise<number>;
}

/** Numbers from `from` on, about a thousand a second, until it is stopped. */
export function startTraffic(stream: TestStream, from = 0): Traffic {
  let next = from;
  let isStopped = false;
  const running = (async () => {
    while (!isStopped) {
      await stream.publish(next, next + BURST);
      next += BURST;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  })();
  return {
    published: () => next,
    async stop() {
      isStopped = true;
      await running;
      return next;
    },
  };
}
