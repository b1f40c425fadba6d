import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import { REGISTRY_RULES, type RegistryRules } from '../rules/registry-rules.js';
import { CompatibilityRoutes } from './compatibility.routes.js';
import { registryPlugin } from './registry.plugin.js';
import type { Route } from './route.js';
import { SchemaRoutes } from './schema.routes.js';
import { ServerRoutes } from './server.routes.js';
import { SettingsRoutes } from './settings.routes.js';
import { SubjectRoutes } from './subject.routes.js';

/** Puts the registry's addresses beside those of the service. */
@Injectable()
export class RegistryHttp {
  readonly routes: readonly Route[];

  constructor(
    subjects: SubjectRoutes,
    schemas: SchemaRoutes,
    settings: SettingsRoutes,
    compatibility: CompatibilityRoutes,
    server: ServerRoutes,
    private readonly changes: SchemaChanges,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {
    this.routes = [subjects, schemas, settings, compatibility, server].flatMap(({ routes }) => [...routes]);
  }

  async mount(fastify: FastifyInstance, bodyLimit: number): Promise<void> {
    const { routes, rules, changes } = this;
    await fastify.register(registryPlugin({ routes, rules, changes, bodyLimit }));
  }
}
