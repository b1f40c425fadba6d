import { Injectable } from '@nestjs/common';
import type { SubjectVersion } from '../../schemas/schema.model.js';
import { LruCache } from '../lru.cache.js';
import { RegistryReader } from '../reading/registry.reader.js';
import { schemaAnswer, versionAnswer } from './answers.js';

/** A text that is ready to be sent, with the tag under which a client may keep it. */
export class TaggedText {
  constructor(
    readonly text: string,
    /** As in the header `ETag`. */
    readonly tag: string,
  ) {}
}

/** Characters of answers. */
const KEPT = 32_000_000;
/** What of a version is told. */
export type Part = 'version' | 'byId' | 'byGuid' | 'schema';

/**
 * Answers about versions, made once: a version of the index never changes, it is replaced. The same tag is the same
 * answer.
 */
@Injectable()
export class KeptAnswers {
  private readonly answers = new LruCache<SubjectVersion, Partial<Record<string, TaggedText>>>(KEPT);

  constructor(private readonly reader: RegistryReader) {}

  /** @param format of the schema's text; an unknown one is the stored text */
  of(found: SubjectVersion, part: Part, format: string): TaggedText {
    const resolved = format === 'resolved';
    const key = resolved ? `${part}+` : part;
    const known = this.answers.get(found);
    const made = known?.[key];
    if (made !== undefined) return made;
    const text = this.reader.textOf(found, format);
    const { guid } = found.schema;
    const tag = `W/"${guid}.${found.version}${found.deleted ? 'd' : ''}${resolved ? 'r' : ''}"`;
    const answer = new TaggedText(part === 'schema' ? text : JSON.stringify(bodyOf(found, part, text)), tag);
    const all = { ...known, [key]: answer };
    const size = Object.values(all).reduce((sum, one) => sum + (one?.text.length ?? 0), 500);
    this.answers.set(found, all, size);
    return answer;
  }
}

function bodyOf(found: SubjectVersion, part: Exclude<Part, 'schema'>, text: string): object {
  if (part === 'version') return versionAnswer(found, text);
  const { subject, version, ...content } = schemaAnswer(found, text, null);
  return part === 'byGuid' ? content : { subject, version, ...content };
}
