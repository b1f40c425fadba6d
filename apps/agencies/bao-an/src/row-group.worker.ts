// Decodes a row group in a thread of its own, which takes what decoding needs with it when it ends.
import { parentPort, workerData } from 'node:worker_threads';
import { readRowGroup } from './row-group.js';

const { path, row } = workerData as { path: string; row: number };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(await readRowGroup(path, row));
