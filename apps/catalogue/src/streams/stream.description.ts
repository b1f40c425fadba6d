import type { Contract } from '@citystreams/avro';
import { searchTextOf } from '../search/search-text.js';
import type { StreamEntity } from './stream.entity.js';

/** What the newest version says of the event, and what the stream is found by. */
export function describeBy(row: StreamEntity, contract: Contract): void {
  const { fields, record } = contract;
  row.description = record.doc ?? '';
  row.concepts = [...new Set(fields.flatMap(({ concept }) => (concept === undefined ? [] : [concept])))].toSorted();
  const text = searchTextOf({ stream: row.stream, title: row.title, description: row.description, fields });
  row.searchTitle = text.title;
  row.searchText = text.all;
}
