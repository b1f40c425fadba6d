/**
 * The names of the city, parsed once at the boundary and carried as branded strings from there on.
 *
 * - Agency: `meteorology`, `public-security`. Lowercase letters, digits, hyphens; begins with a letter.
 * - Stream = topic: `<agency>.<event>`, one dot.
 * - Principal = client id: `<agency>.<service>`; the platform's own begin with `citystreams.`.
 * - View topic: `view.<agency>.<event>.<ULID>`.
 */
import { z } from 'zod';

const WORD = '[a-z][a-z0-9]*(?:-[a-z0-9]+)*';
const ULID = '[0-7][0-9A-HJKMNP-TV-Z]{25}';
/** Words that begin a topic of the platform's own; no agency may be called so. */
const RESERVED_AGENCIES = ['view', 'notice', 'quarantine', 'citystreams'] as const;

export const AgencyId = z
  .string()
  .max(64)
  .regex(new RegExp(`^${WORD}$`), 'an agency is lowercase letters, digits and hyphens, for example public-security')
  .refine((id) => !(RESERVED_AGENCIES as readonly string[]).includes(id), 'this name is reserved for the platform')
  .brand<'AgencyId'>();
export type AgencyId = z.infer<typeof AgencyId>;

export const StreamName = z
  .string()
  .max(180)
  .regex(new RegExp(`^${WORD}\\.${WORD}$`), 'a stream is <agency>.<event>, for example meteorology.weather-observation')
  .refine((name) => AgencyId.safeParse(name.split('.')[0]).success, 'the part before the dot is not an agency name')
  .brand<'StreamName'>();
export type StreamName = z.infer<typeof StreamName>;

export const PrincipalId = z
  .string()
  .max(180)
  .regex(new RegExp(`^${WORD}\\.${WORD}$`), 'a service account is <agency>.<service>, for example futian.operations')
  .brand<'PrincipalId'>();
export type PrincipalId = z.infer<typeof PrincipalId>;

export const Ulid = z
  .string()
  .regex(new RegExp(`^${ULID}$`), 'an id is a ULID: 26 characters')
  .brand<'Ulid'>();
export type Ulid = z.infer<typeof Ulid>;

export const ViewTopic = z
  .string()
  .regex(new RegExp(`^view\\.${WORD}\\.${WORD}\\.${ULID}$`), 'a view topic is view.<agency>.<event>.<ULID>')
  .brand<'ViewTopic'>();
export type ViewTopic = z.infer<typeof ViewTopic>;

/** The name of a field as the contract writes it; nested fields are joined by dots (`epicentre.latitude`). */
export const FieldPath = z
  .string()
  .max(512)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/, 'a field path is names joined by dots');
export type FieldPath = z.infer<typeof FieldPath>;

export const ownerOf = (stream: StreamName): AgencyId => stream.slice(0, stream.indexOf('.')) as AgencyId;
export const eventOf = (stream: StreamName): string => stream.slice(stream.indexOf('.') + 1);
export const agencyOf = (principal: PrincipalId): string => principal.slice(0, principal.indexOf('.'));
export const subjectOf = (topic: StreamName | ViewTopic): string => `${topic}-value`;
export const viewTopicOf = (stream: StreamName, view: Ulid): ViewTopic => `view.${stream}.${view}` as ViewTopic;
export const noticeTopicOf = (agency: AgencyId): string => `notice.${agency}`;
export const quarantineTopicOf = (stream: StreamName): string => `quarantine.${stream}`;

/** The platform's own principals; agencies can never have these names. */
export const PLATFORM_PRINCIPALS = [
  'citystreams.catalogue',
  'citystreams.subscriptions',
  'citystreams.enforcement',
  'citystreams.router',
  'citystreams.gateway',
] as const;
export type PlatformPrincipal = (typeof PLATFORM_PRINCIPALS)[number];

/** Control topics, one partition each, readable by the platform's own principals only. */
export const CONTROL_TOPICS = {
  streams: 'citystreams.streams',
  entitlements: 'citystreams.entitlements',
  views: 'citystreams.views',
  viewStatus: 'citystreams.view-status',
  routerStatus: 'citystreams.router-status',
  routerOrders: 'citystreams.router-orders',
  quarantine: 'citystreams.quarantine',
  auditHeads: 'citystreams.audit-heads',
} as const;
