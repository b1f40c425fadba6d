/** Turns what happens to parts into words at the terminal, and their samples into the live view. */
import type { LiveView } from '../live/live-view.js';
import type { BackboneWatcher } from './backbone.js';
import { readLogLine } from './log-line.js';
import type { ProcessWatcher } from './supervised-process.js';
import type { Terminal } from './terminal.js';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export function watchProcess(name: string, logFile: string, terminal: Terminal, view: LiveView): ProcessWatcher {
  return {
    onLine(line) {
      const read = readLogLine(line);
      if (read.kind === 'live') view.take(read.event);
      else if (read.kind === 'problem') terminal.complaint(read.level, name, read.text);
    },
    onDeath: (how, againMs) => terminal.warn(name, `${how}, starts again in ${seconds(againMs)}`),
    onBack: () => terminal.done(name, 'is back'),
    onFailing(how, everyMs, lastLines) {
      const text = `failed: ${how} too often, tried again every ${seconds(everyMs)}. ${logFile} ends with`;
      terminal.error(name, [text, ...lastLines].join('\n'));
    },
  };
}

export function watchBackbone(name: string, terminal: Terminal): BackboneWatcher {
  return {
    onDeath: (why, againMs) => terminal.warn(name, `${why}, starts again in ${seconds(againMs)}`),
    onBack: () => terminal.done(name, 'is back'),
    onFailing: (why, everyMs) =>
      terminal.error(name, `failed: ${why}; look at its log. Tried again every ${seconds(everyMs)}`),
  };
}
