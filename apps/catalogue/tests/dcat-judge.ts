/**
 * Judges a catalogue by SHACL shapes of our own that say in short what DCAT-AP 3 makes mandatory, and of which kind it has
 * to be, or by others that are given.
 */
import { JsonLdParser } from 'jsonld-streaming-parser';
import Validator from 'rdf-validate-shacl';
import rdf from 'rdf-validate-shacl/src/defaultEnv.js';

const SH = 'http://www.w3.org/ns/shacl#';
const PREFIXES = {
  sh: SH,
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
};

const text = (path: string) => ({
  'sh:path': { '@id': path },
  'sh:minCount': 1,
  'sh:nodeKind': { '@id': 'sh:Literal' },
});
const resource = (path: string, min: number, kind?: string) => ({
  'sh:path': { '@id': path },
  'sh:minCount': min,
  'sh:nodeKind': { '@id': 'sh:BlankNodeOrIRI' },
  ...(kind !== undefined && { 'sh:class': { '@id': kind } }),
});

const CLASSES: Readonly<Record<string, object[]>> = {
  'dcat:Catalog': [
    text('dct:title'),
    text('dct:description'),
    { ...resource('dct:publisher', 1, 'foaf:Agent'), 'sh:maxCount': 1 },
    resource('dcat:dataset', 0, 'dcat:Dataset'),
    resource('dcat:service', 0, 'dcat:DataService'),
  ],
  'dcat:Dataset': [
    text('dct:title'),
    text('dct:description'),
    resource('dct:publisher', 0, 'foaf:Agent'),
    resource('dcat:distribution', 0, 'dcat:Distribution'),
    { ...resource('dct:accessRights', 0, 'dct:RightsStatement'), 'sh:maxCount': 1 },
  ],
  'dcat:Distribution': [resource('dcat:accessURL', 1, 'rdfs:Resource'), resource('dct:conformsTo', 0, 'dct:Standard')],
  'dcat:DataService': [text('dct:title'), resource('dcat:endpointURL', 1, 'rdfs:Resource')],
  'foaf:Agent': [text('foaf:name')],
};

const SHAPES = {
  '@context': PREFIXES,
  '@graph': Object.entries(CLASSES).map(([name, properties]) => ({
    '@id': `urn:shape:${name}`,
    '@type': 'sh:NodeShape',
    'sh:targetClass': { '@id': name },
    'sh:property': properties,
  })),
};

export interface Judgement {
  /** `<focus> <property> <constraint>`. */
  violations: string[];
  /** How many of each class of DCAT there were. */
  focuses: Record<string, number>;
}

/** @param shapes JSON-LD; our own unless told otherwise */
export async function judgeCatalogue(jsonLd: string, shapes: string = JSON.stringify(SHAPES)): Promise<Judgement> {
  const data = await triplesOf(jsonLd);
  const report = await new Validator(await triplesOf(shapes), { factory: rdf }).validate(data);
  const focuses: Record<string, number> = {};
  for (const { object, predicate } of data) {
    const name = object.value.startsWith(PREFIXES.dcat) ? object.value.slice(PREFIXES.dcat.length) : null;
    if (name !== null && predicate.value.endsWith('#type')) focuses[name] = (focuses[name] ?? 0) + 1;
  }
  return {
    violations: report.results.map(({ focusNode, path, sourceConstraintComponent }) =>
      [focusNode?.value, JSON.stringify(path), sourceConstraintComponent?.value.replace(SH, '')].join(' '),
    ),
    focuses,
  };
}

function triplesOf(jsonLd: string): Promise<ReturnType<typeof rdf.dataset>> {
  return new Promise((resolve, reject) => {
    const dataset = rdf.dataset();
    const parser = new JsonLdParser({ dataFactory: rdf, baseIRI: 'urn:judged' });
    parser.on('data', (quad) => dataset.add(quad));
    parser.on('error', reject);
    parser.on('end', () => resolve(dataset));
    parser.write(jsonLd);
    parser.end();
  });
}
