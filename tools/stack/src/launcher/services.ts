/** The platform's own services and the agencies' processes, one process each. */
import type { LiveView } from '../live/live-view.js';
import { logFileOf } from './foundation.js';
import type { RunningParts } from './running-parts.js';
import { type ProcessSpec, type SupervisedProcess, superviseProcess } from './supervised-process.js';
import type { Terminal } from './terminal.js';
import { watchProcess } from './watching.js';

export interface Services {
  /** Starts it, does not wait until it is ready. @throws the spawn error */
  start(spec: ProcessSpec): Promise<SupervisedProcess>;
  /** Starts all of them at once and waits until each is ready. @throws ServiceFailed of the first that fails */
  startAll(specs: readonly ProcessSpec[]): Promise<void>;
}

export function openServices(o: {
  dataDirectory: string;
  parts: RunningParts;
  terminal: Terminal;
  view: LiveView;
}): Services {
  async function start(spec: ProcessSpec): Promise<SupervisedProcess> {
    const logFile = logFileOf(o.dataDirectory, spec.name);
    const started = superviseProcess(spec, logFile, watchProcess(spec.name, logFile, o.terminal, o.view));
    await o.parts.add(started);
    return started;
  }

  return {
    start,
    async startAll(specs) {
      await Promise.all(
        specs.map(async (spec) => {
          const began = Date.now();
          const service = await start(spec);
          await service.untilReady((how) => o.terminal.note(spec.name, how));
          const seconds = ((Date.now() - began) / 1000).toFixed(1);
          if (spec.readyUrl !== undefined)
            o.terminal.done(spec.name, `${new URL(spec.readyUrl).origin}   ${seconds} s`);
        }),
      );
    },
  };
}
