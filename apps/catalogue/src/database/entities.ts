import { AgencyEntity } from '../agencies/agency.entity.js';
import { IdempotentAnswerEntity } from '@citystreams/nest';
import { RegistrySettingsEntity } from '../schemas/registry-settings.entity.js';
import { SchemaEntity } from '../schemas/schema.entity.js';
import { SubjectVersionEntity } from '../schemas/subject-version.entity.js';
import { StreamEntity, StreamVersionEntity } from '../streams/stream.entity.js';
import { ViewEntity, ViewSchemaEntity } from '../view-schemas/view.entity.js';

export const ENTITIES = [
  AgencyEntity,
  SchemaEntity,
  SubjectVersionEntity,
  RegistrySettingsEntity,
  StreamEntity,
  StreamVersionEntity,
  ViewEntity,
  ViewSchemaEntity,
  IdempotentAnswerEntity,
];
