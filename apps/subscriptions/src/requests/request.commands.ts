/** What people ask of a request over HTTP, before it is known who they are and whether a delta is narrower. */
import type { WrittenDelta } from '@citystreams/contracts';
import type { PersonMove } from '@citystreams/domain';

type WithWritten<T> = T extends { delta: object } ? Omit<T, 'delta'> & { delta: WrittenDelta } : T;
export type WrittenMove = WithWritten<PersonMove>;
