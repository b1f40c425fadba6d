/** Names under which positions are committed. */
import type { StreamName, Ulid } from '@citystreams/contracts';

/** The group whose members share the partitions of all streams; it holds where the shared readings are. */
export const SHARED_GROUP = 'citystreams.router.shared';

/** Holds a view's seats: nobody joins it. */
export const viewGroupOf = (view: Ulid): string => `citystreams.router.catchup.${view}`;

/** Holds how far the orders of a stream's quarantine were carried out: nobody joins it. */
export const redriveGroupOf = (stream: StreamName): string => `citystreams.router.redrive.${stream}`;

/** Where the first router kept its positions, one group for each of its pipelines (decision 0007). */
export const firstRouterGroupOf = {
  view: (view: Ulid): string => `citystreams.router.view.${view}`,
  screening: (stream: StreamName): string => `citystreams.router.screening.${stream}`,
};
