import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/**
 * Serves what the controllers and their schemas say as `/openapi.json`; nobody needs a token to read it.
 *
 * @param plainPaths of routes beside Nest's, as in an OpenAPI document
 */
export function serveOpenApi(
  app: NestFastifyApplication,
  service: string,
  plainPaths: Readonly<Record<string, object>> = {},
): void {
  const description = new DocumentBuilder()
    .setTitle(`CityStreams ${service}`)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .build();
  let document: object | null = null;
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', () => (document ??= describe()));

  function describe(): object {
    const { paths, ...rest } = SwaggerModule.createDocument(app, description);
    // For whoever runs the service, not for whoever calls it.
    const { '/healthz': _healthz, '/readyz': _readyz, ...shown } = paths;
    return { ...rest, paths: { ...shown, ...plainPaths } };
  }
}
