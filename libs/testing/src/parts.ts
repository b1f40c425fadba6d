import type { StackRecord } from './stack-record.js';

export interface PartsOptions {
  readonly directory: string;
  readonly issuer: string;
  readonly jwksFile: string;
  /** The repository: where the jars of earlier runs and the compiled issuer lie. */
  readonly root: string;
  readonly say: (line: string) => void;
}

/** Kafka and PostgreSQL, answering. */
export interface Parts extends Pick<StackRecord, 'kafka' | 'internalKafka' | 'postgres'> {
  close(): Promise<void>;
}

/** Both, or neither: if one fails, what the other opened is closed. @throws the first failure */
export async function bothOrNeither<A extends { close(): Promise<void> }, B extends { close(): Promise<void> }>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value];
  if (a.status === 'fulfilled') await a.value.close();
  if (b.status === 'fulfilled') await b.value.close();
  throw a.status === 'rejected' ? a.reason : (b as PromiseRejectedResult).reason;
}
