import { IdempotentAnswerEntity } from '@citystreams/nest';
import { EntitlementEntity } from '../entitlements/entitlement.entity.js';
import { PlaneEntity } from '../entitlements/plane.entity.js';
import { ReceiptEntity } from '../entitlements/receipt.entity.js';
import { ViewEntity } from '../entitlements/view.entity.js';
import { NoticeEntity } from '../notices/notice.entity.js';
import { DecisionEntity } from '../requests/decision.entity.js';
import { RequestEntity } from '../requests/request.entity.js';

export const ENTITIES = [
  RequestEntity,
  DecisionEntity,
  ViewEntity,
  EntitlementEntity,
  PlaneEntity,
  ReceiptEntity,
  NoticeEntity,
  IdempotentAnswerEntity,
];
