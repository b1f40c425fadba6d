/** JSON lines in the shape the other services write, so that one reader understands all of them. */
export type Level = 'info' | 'warn' | 'error';
export type Log = (level: Level, message: string, details?: Readonly<Record<string, unknown>>) => void;

export const log: Log = (level, message, details = {}) => {
  const line = {
    level,
    time: new Date().toISOString(),
    service: 'identity',
    pid: process.pid,
    msg: message,
    ...details,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
