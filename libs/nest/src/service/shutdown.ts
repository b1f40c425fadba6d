import type { Logger } from 'pino';

const STOP_WITHIN_MS = 5_000;

/**
 * SIGTERM and SIGINT close the service and end the process with 0; what is not closed after 5 s is abandoned, and the
 * process ends with 1. A second signal ends it at once.
 */
export function closeOnSignal(logger: Logger, close: () => Promise<void>): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    const bound = setTimeout(() => {
      logger.error(`not stopped after ${STOP_WITHIN_MS} ms, leaving`);
      process.exit(1);
    }, STOP_WITHIN_MS);
    close().then(
      () => {
        clearTimeout(bound);
        logger.info('stopped');
        process.exit(0);
      },
      (err: unknown) => {
        logger.error({ err }, 'stopped with an error');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** A fault nobody caught leaves the process in an unknown state: say what it was, and end. */
export function exitOnUncaught(logger: Logger): void {
  const end = (err: unknown) => {
    logger.fatal({ err }, 'a fault that nobody caught');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
