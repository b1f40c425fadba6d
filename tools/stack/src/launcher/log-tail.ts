import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

const POLL_MS = 150;
const CHUNK = 64 * 1024;
/** A longer line is not for people: it is passed on cut. */
const LONGEST_LINE = 32 * 1024;

export interface LogTail {
  /** Reads what is left and ends. */
  close(): Promise<void>;
}

/**
 * Follows a log file from where it ends now, one call per line. Reading the file, instead of a pipe, means that a
 * service never waits for us. The file must exist.
 */
export async function tailLog(file: string, onLine: (line: string) => void): Promise<LogTail> {
  const handle = await open(file, 'r');
  let position = (await handle.stat()).size;
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(CHUNK);
  let rest = '';
  let closed = false;
  let reading: Promise<void> = Promise.resolve();

  async function readOn(): Promise<void> {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, position);
      if (bytesRead === 0) return startOver(handle);
      position += bytesRead;
      const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      for (const line of lines) if (line !== '') onLine(line);
    }
  }

  /** Somebody emptied the file. */
  async function startOver(of: FileHandle): Promise<void> {
    if ((await of.stat()).size < position) position = 0;
  }

  const timer = setInterval(() => {
    if (!closed) reading = reading.then(readOn).catch(() => undefined);
  }, POLL_MS);
  timer.unref();

  return {
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      await reading.then(readOn).catch(() => undefined);
      await handle.close();
    },
  };
}
