import type { DataPathLimits, FetchLimits } from './data-path.js';

const MIB = 1024 * 1024;

export const DATA_PATH_LIMITS: DataPathLimits = {
  connectWithinMs: 5_000,
  answerWithinMs: 30_000,
  mostAnswerBytes: 64 * MIB,
  mostRequestBytes: 16 * MIB,
};

export const FETCH_LIMITS: FetchLimits = {
  maxWaitMs: 500,
  answerBytes: 8 * MIB,
  partitionBytes: MIB,
  mostDecompressedBytes: 64 * MIB,
};
