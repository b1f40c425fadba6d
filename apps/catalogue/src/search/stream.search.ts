import { type AgencyId, type Concept, Level, type StreamName } from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AgencyStore } from '../agencies/agency.store.js';
import { CITY_RULES, type CityRules } from '../city/city.module.js';
import { StreamEntity } from '../streams/stream.entity.js';
import { folded, patternOf, wordsOf } from './search-text.js';

export interface StreamQuestion {
  /** Words that have all to be found; empty: whichever. */
  words: string;
  agency: AgencyId | null;
  levels: readonly Level[];
  concept: Concept | null;
  /** Retired streams instead of those in use. */
  retired: boolean;
  /** Sees hidden streams of this agency; `all`: of everyone. */
  hiddenOf: string | 'all';
  /** The `next` of the page before. */
  after: string;
  limit: number;
}

export interface StreamPage {
  rows: StreamEntity[];
  next: string | null;
}

/** Points of a word by where it is found: in the title; in an agency's name or a concept; anywhere. */
const [TITLE, MEANING, ANYWHERE] = [4, 2, 1] as const;

/** Streams by what people call them. The best match first, then by name. */
@Injectable()
export class StreamSearch {
  constructor(
    private readonly dataSource: DataSource,
    private readonly agencies: AgencyStore,
    @Inject(CITY_RULES) private readonly rules: CityRules,
  ) {}

  async page(question: StreamQuestion): Promise<StreamPage> {
    const { limit } = question;
    const query = this.dataSource.manager.createQueryBuilder(StreamEntity, 's').limit(limit + 1);
    query.where(question.retired ? 's.retired IS NOT NULL' : 's.retired IS NULL');
    if (question.hiddenOf !== 'all')
      query.andWhere("(s.visibility = 'listed' OR s.owner = :own)", { own: question.hiddenOf });
    if (question.agency !== null) query.andWhere('s.owner = :agency', { agency: question.agency });
    if (question.levels.length > 0) query.andWhere('s.level IN (:...levels)', { levels: question.levels });
    if (question.concept !== null) query.andWhere(':concept = ANY(s.concepts)', { concept: question.concept });

    const score = await this.scoreOf(question.words, query);
    query.addSelect(score, 'score').orderBy('score', 'DESC').addOrderBy('s.stream');
    const from = cursorOf(question.after);
    if (from !== null) query.andWhere(`(${score} < :points OR (${score} = :points AND s.stream > :name))`, from);
    const { entities, raw } = await query.getRawAndEntities<{ score: number }>();
    const rows = entities.slice(0, limit);
    const last = rows.at(-1);
    const points = raw[rows.length - 1]?.score ?? 0;
    return { rows, next: entities.length > limit && last !== undefined ? `${points}:${last.stream}` : null };
  }

  /** SQL of the points of a row; every word has to be found somewhere. */
  private async scoreOf(words: string, query: { andWhere(sql: string, parameters: object): unknown }): Promise<string> {
    const asked = wordsOf(words);
    const agencies = asked.length === 0 ? [] : await this.agencies.list();
    const points = asked.map((forms, i) => {
      const patterns = forms.map(patternOf);
      const owners = agencies.filter(({ name, agency }) => isCalled([name.en, name.zh, agency], forms));
      const concepts = (this.rules.concepts ?? []).filter(({ code, name }) =>
        isCalled([name.en, name.zh, code], forms),
      );
      query.andWhere(
        `(s.search_text LIKE ANY(:text${i}::text[]) OR s.owner = ANY(:owners${i}::text[]) OR s.concepts && :concepts${i}::text[])`,
        {
          [`text${i}`]: patterns,
          [`owners${i}`]: owners.map(({ agency }) => agency),
          [`concepts${i}`]: concepts.map(({ code }) => code),
        },
      );
      return `CASE WHEN s.search_title LIKE ANY(:text${i}::text[]) THEN ${TITLE}
        WHEN s.owner = ANY(:owners${i}::text[]) OR s.concepts && :concepts${i}::text[] THEN ${MEANING} ELSE ${ANYWHERE} END`;
    });
    return points.length === 0 ? '0' : `(${points.join(' + ')})`;
  }
}

const isCalled = (names: readonly string[], forms: readonly string[]): boolean =>
  names.some((name) => forms.some((form) => folded(name).includes(form)));

const CURSOR = /^(\d{1,4}):([a-z0-9.-]{1,180})$/;

function cursorOf(after: string): { points: number; name: StreamName } | null {
  if (after === '') return null;
  const [, points, name] = CURSOR.exec(after) ?? [];
  if (points !== undefined && name !== undefined) return { points: Number(points), name: name as StreamName };
  throw new ProblemError('VALIDATION_FAILED', 'A query parameter is not as expected.', {
    action: 'pass the `next` of the page before',
    problems: [{ field: 'after', message: 'is no `next` of a page' }],
  });
}
