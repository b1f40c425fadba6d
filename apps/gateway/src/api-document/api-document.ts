import { publicPath, type ServiceName, type Upstreams } from '../routes.js';
import { type DocumentPart, mergeDocuments, type OpenApiDocument } from './merge-documents.js';
import { OWN_DOCUMENT } from './own-document.js';

const ANSWER_WITHIN_MS = 3_000;
/** Services change their document when they are replaced, not in between. */
const GOOD_FOR_MS = 30_000;

/**
 * The API as the gateway's callers see it: its own routes and those of the services behind it. Of a service that is
 * away the last document known is shown.
 */
export class ApiDocument {
  private readonly known = new Map<ServiceName, { document: OpenApiDocument; at: number }>();

  constructor(private readonly upstreams: Upstreams) {}

  async current(): Promise<OpenApiDocument> {
    const services = Object.keys(this.upstreams) as ServiceName[];
    const parts = await Promise.all(services.map((service) => this.part(service)));
    return mergeDocuments(
      OWN_DOCUMENT,
      parts.filter((part) => part !== null),
    );
  }

  private async part(service: ServiceName): Promise<DocumentPart | null> {
    const known = this.known.get(service);
    const fresh = known !== undefined && Date.now() - known.at < GOOD_FOR_MS;
    const document = fresh ? known.document : ((await this.fetch(service)) ?? known?.document);
    if (document === undefined) return null;
    return { name: service, document, publicPath: (path) => publicPath(service, path) };
  }

  private async fetch(service: ServiceName): Promise<OpenApiDocument | null> {
    try {
      const address = new URL('/openapi.json', this.upstreams[service]);
      const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (!response.ok) return null;
      const document = (await response.json()) as OpenApiDocument;
      this.known.set(service, { document, at: Date.now() });
      return document;
    } catch {
      return null; // The last document known is as true as it was.
    }
  }
}
