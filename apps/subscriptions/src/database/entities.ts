import { IdempotentAnswerEntity } from '@citystreams/nest';
import { EntitlementEntity } from '../entitlements/entitlement.entity.js';
import { PlaneEntity } from '../entitlements/plane.entity.js';
import { ReceiptEntity } from '../entitlements/receipt.entity.js';
import { ViewEntity } from '../entitlements/view.entity.js';
import { DelegationEntity } from '../delegations/delegation.entity.js';
import { NoticeEntity } from '../notices/notice.entity.js';
import { QuarantinedEventEntity, QuarantineReadingEntity } from '../quarantine/quarantined-event.entity.js';
import { RedriveEntity, RedriveOrderEntity } from '../quarantine/redrive.entity.js';
import { DecisionEntity } from '../requests/decision.entity.js';
import { ReminderEntity } from '../requests/reminder.entity.js';
import { RequestEventEntity } from '../requests/request-event.entity.js';
import { RequestEntity } from '../requests/request.entity.js';

export const ENTITIES = [
  RequestEntity,
  DecisionEntity,
  RequestEventEntity,
  ReminderEntity,
  DelegationEntity,
  ViewEntity,
  EntitlementEntity,
  PlaneEntity,
  ReceiptEntity,
  NoticeEntity,
  IdempotentAnswerEntity,
  QuarantinedEventEntity,
  QuarantineReadingEntity,
  RedriveEntity,
  RedriveOrderEntity,
];
