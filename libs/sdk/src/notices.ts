import { AgencyId, Notice, noticeTopicOf } from '@citystreams/contracts';
import { type Health, type KafkaSettings, openSubscription } from '@citystreams/kafka';
import { type Problem, problemOf } from './problem.js';

export interface NoticesOptions {
  /** The agency whose control channel it is: the part of the client id before the dot. */
  agency: string;
  kafka: KafkaSettings;
  /** Begins with the client id and a dot. */
  groupId: string;
  /** Where to begin the first time; default `earliest`: what was said while nobody listened is told then. */
  fallback?: 'earliest' | 'latest';
  onNotice(notice: Notice): Promise<void> | void;
  onProblem?: (problem: Problem) => void;
}

/** What the platform tells an agency about its entitlements, for example that and why one was revoked. */
export interface Notices {
  health(): Health;
  close(): Promise<void>;
}

/** Throws if `agency` is not an agency's name. A notice of a format that this version does not know is told as a problem. */
export function openNotices(options: NoticesOptions): Notices {
  return openSubscription(options.kafka, {
    topics: [noticeTopicOf(AgencyId.parse(options.agency))],
    groupId: options.groupId,
    fallback: options.fallback ?? 'earliest',
    onRecord: async ({ value, topic, partition, offset }) => {
      const notice = parseNotice(value);
      if (notice === undefined) {
        const where = `${topic}-${partition} at ${offset}`;
        options.onProblem?.({ code: 'UNDECODABLE', message: `The record in ${where} is not a notice` });
        return;
      }
      await options.onNotice(notice);
    },
    onProblem: (failure) => options.onProblem?.(problemOf(failure)),
  });
}

function parseNotice(value: Buffer | null): Notice | undefined {
  if (value === null) return undefined;
  try {
    return Notice.parse(JSON.parse(value.toString('utf8')));
  } catch {
    return undefined;
  }
}
