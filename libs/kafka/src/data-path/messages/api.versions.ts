import type { AnswerReader } from '../wire/answer.reader.js';
import type { Message } from './message.js';

export interface ApiVersionsAnswer {
  errorCode: number;
  /** By api key. */
  versions: ReadonlyMap<number, { min: number; max: number }>;
  /** Level of each feature that the cluster agreed on. */
  features: ReadonlyMap<string, number>;
}

const FINALIZED_FEATURES = 2;
const UNSUPPORTED_VERSION = 35;

/**
 * ApiVersions, key 18, version 4 (its answer's header has no tags, whatever the version):
 *
 *     request   compact string software name, compact string software version
 *     answer    int16 error code, compact array: int16 api key, int16 min, int16 max; int32 throttle ms
 *     tag 2     compact array: compact string feature, int16 max level, int16 min level
 *
 * A broker that does not know version 4 answers error 35 in version 0's layout; only the code is read then.
 */
export const API_VERSIONS: Message<null, ApiVersionsAnswer> = {
  name: 'ApiVersions',
  key: 18,
  version: 4,
  header: 'plain-answer',
  write(to) {
    to.compactString('citystreams').compactString('1').noTags();
  },
  read(from) {
    const versions = new Map<number, { min: number; max: number }>();
    const features = new Map<string, number>();
    const errorCode = from.int16();
    if (errorCode === UNSUPPORTED_VERSION) return { errorCode, versions, features };
    for (let left = from.count(); left > 0; left--) {
      versions.set(from.int16(), { min: from.int16(), max: from.int16() });
      from.skipTags();
    }
    from.int32();
    for (let left = from.unsignedVarint(); left > 0; left--) {
      const tag = from.unsignedVarint();
      const bytes = from.unsignedVarint();
      if (tag === FINALIZED_FEATURES) readFeatures(from, features);
      else from.skip(bytes);
    }
    return { errorCode, versions, features };
  },
};

function readFeatures(from: AnswerReader, features: Map<string, number>): void {
  for (let left = from.count(); left > 0; left--) {
    features.set(from.compactText(), from.int16());
    from.int16();
    from.skipTags();
  }
}
