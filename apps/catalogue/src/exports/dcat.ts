/** The catalogue as DCAT 3 in JSON-LD, with what DCAT-AP 3 asks of a catalogue. Pure. */
import type { AgencyResource, CityConcept, StreamSummary } from '@citystreams/contracts';

const EU = 'http://publications.europa.eu/resource/authority';
const CONTEXT = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
} as const;

export interface DatasetFacts {
  stream: StreamSummary;
  createdAt: Date;
}

/** @param base address of the API, without a slash at its end: what the identifiers begin with */
export function dcatOf(
  base: string,
  city: { agencies: readonly AgencyResource[]; concepts: readonly CityConcept[] },
  datasets: readonly DatasetFacts[],
): object {
  const government = city.agencies.find(({ kind }) => kind === 'city-government') ?? city.agencies[0];
  const catalog = `${base}/api/catalogue.jsonld`;
  return {
    '@context': CONTEXT,
    '@graph': [
      {
        '@id': catalog,
        '@type': 'dcat:Catalog',
        'dct:title': both({ en: 'Event streams of the city', zh: '城市事件流目录' }),
        'dct:description': both({
          en: 'Streams of events that agencies of the city publish, and on what conditions they are shared.',
          zh: '城市各部门发布的事件流及其共享条件。',
        }),
        ...(government !== undefined && { 'dct:publisher': { '@id': agencyId(base, government.agency) } }),
        'dct:language': [{ '@id': `${EU}/language/ENG` }, { '@id': `${EU}/language/ZHO` }],
        'dcat:dataset': datasets.map(({ stream }) => ({ '@id': streamId(base, stream) })),
        'dcat:service': { '@id': `${base}/api/streams` },
      },
      serviceOf(base, datasets),
      ...datasets.map((facts) => datasetOf(base, city.concepts, facts)),
      ...datasets.map(({ stream }) => distributionOf(base, stream)),
      ...city.agencies.map((agency) => agentOf(base, agency)),
      { '@id': base, '@type': 'rdfs:Resource' },
      { '@id': `${base}/openapi.json`, '@type': 'rdfs:Resource' },
      ...VOCABULARY,
    ],
  };
}

function datasetOf(base: string, concepts: readonly CityConcept[], { stream, createdAt }: DatasetFacts): object {
  const words = concepts.filter(({ code }) => stream.concepts.includes(code));
  return {
    '@id': streamId(base, stream),
    // A resource as well: readers check the kind of what an address leads to.
    '@type': ['dcat:Dataset', 'rdfs:Resource'],
    'dct:title': both(stream.title),
    'dct:description': { '@value': stream.description, '@language': 'en' },
    'dct:identifier': stream.stream,
    'dct:publisher': { '@id': agencyId(base, stream.owner) },
    'dct:issued': { '@value': createdAt.toISOString(), '@type': 'xsd:dateTime' },
    'dct:accessRights': { '@id': RIGHTS[stream.sharing] },
    'dcat:contactPoint': {
      '@type': 'vcard:Kind',
      'vcard:hasEmail': { '@id': `mailto:${stream.contact}` },
    },
    'dcat:keyword': words.flatMap(({ name }) => both(name)),
    'dcat:version': String(stream.version),
    'dcat:distribution': { '@id': `${streamId(base, stream)}/distribution` },
  };
}

/** Received through Kafka by who is entitled; the address says how the stream is described and asked for. */
function distributionOf(base: string, stream: StreamSummary): object {
  return {
    '@id': `${streamId(base, stream)}/distribution`,
    '@type': 'dcat:Distribution',
    'dct:title': both(stream.title),
    'dcat:accessURL': { '@id': streamId(base, stream) },
    'dcat:accessService': { '@id': `${base}/api/streams` },
    'dct:conformsTo': { '@id': `${streamId(base, stream)}/asyncapi`, '@type': 'dct:Standard' },
  };
}

const serviceOf = (base: string, datasets: readonly DatasetFacts[]): object => ({
  '@id': `${base}/api/streams`,
  '@type': 'dcat:DataService',
  'dct:title': both({ en: 'CityStreams', zh: '城市事件流平台' }),
  'dcat:endpointURL': { '@id': base },
  'dcat:endpointDescription': { '@id': `${base}/openapi.json` },
  'dcat:servesDataset': datasets.map(({ stream }) => ({ '@id': streamId(base, stream) })),
});

const agentOf = (base: string, { agency, name }: AgencyResource): object => ({
  '@id': agencyId(base, agency),
  '@type': 'foaf:Agent',
  'foaf:name': both(name),
});

const RIGHTS = {
  unconditional: `${EU}/access-right/PUBLIC`,
  conditional: `${EU}/access-right/RESTRICTED`,
  'not-shared': `${EU}/access-right/NON_PUBLIC`,
} as const;

/** What the references into vocabularies are: readers need not fetch them to know. */
const VOCABULARY = [
  ...Object.values(RIGHTS).map((id) => ({ '@id': id, '@type': 'dct:RightsStatement' })),
  { '@id': `${EU}/language/ENG`, '@type': 'dct:LinguisticSystem' },
  { '@id': `${EU}/language/ZHO`, '@type': 'dct:LinguisticSystem' },
];

const both = ({ en, zh }: { en: string; zh: string }): object[] => [
  { '@value': en, '@language': 'en' },
  { '@value': zh, '@language': 'zh' },
];

const streamId = (base: string, { stream }: { stream: string }): string => `${base}/api/streams/${stream}`;
const agencyId = (base: string, agency: string): string => `${base}/api/agencies/${agency}`;
