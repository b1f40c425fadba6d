import type { ErrorFormat } from '@citystreams/nest';
import { REGISTRY_PREFIX } from '../routes.js';

/** Clients of the schema registry read `{error_code, message}`, from us as from the registry itself. */
export const registryErrors: ErrorFormat = {
  matches: (path) => path === REGISTRY_PREFIX || path.startsWith(`${REGISTRY_PREFIX}/`),
  contentType: 'application/vnd.schemaregistry.v1+json',
  render: (problem) => ({
    status: problem.status,
    body: { error_code: problem.status, message: `${problem.code}: ${problem.detail}` },
  }),
};
