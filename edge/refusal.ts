// The union of everything an operation or the edge itself can refuse with.
import type { IssueApiKeyRefused } from "../core/access/issue-api-key.ts";
import type { RevokeApiKeyRefused } from "../core/access/revoke-api-key.ts";
import type { GetWorkspaceRefused } from "../core/access/get-workspace.ts";
import type {
  Infected,
  InboundNotFound,
  NoBody,
  RawNotKept,
  ThreadNotFound,
} from "../core/inbound/read-inbound.ts";
import type { AttachmentNotFound, EmailNotFound } from "../core/email/read-email.ts";
import type { ReputationNotFound } from "../core/reputation/get-reputation.ts";
import type { ResumeSendingRefused } from "../core/reputation/resume-sending.ts";
import type { SendEmailRefused } from "../core/email/send-email.ts";
import type { AddSuppressionRefused } from "../core/suppression/add-suppression.ts";
import type { LiftSuppressionRefused } from "../core/suppression/lift-suppression.ts";
import type { LinkNotFound } from "../core/unsubscribe/unsubscribe.ts";
import type { CheckSetupRefused } from "../core/setup/check-setup.ts";
import type { CreateSetupRefused } from "../core/setup/create-setup.ts";
import type { DeleteSetupRefused } from "../core/setup/delete-setup.ts";
import type { CreateEmailUseCaseRefused } from "../core/use-case/create-email-use-case.ts";
import type { CreateTwilioUseCaseRefused } from "../core/use-case/create-twilio-use-case.ts";
import type { DeleteUseCaseRefused } from "../core/use-case/delete-use-case.ts";
import type { AssignNumberRefused } from "../core/voice/assign-number.ts";
import type { CreateTwilioSetupRefused } from "../core/voice/create-twilio-setup.ts";
import type { WebhookRefused } from "../core/voice/receive-webhook.ts";
import type { ClaimLost } from "../core/idempotency/idempotency.ts";
import type { NotificationRefused } from "../core/email/receive-notification.ts";
import type { MultipartFault } from "./multipart.ts";
import type { BodyRefused } from "./request-body.ts";

/** One invalid value. `pointer`: a JSON pointer (RFC 6901) into the body, the query parameter or the form field. */
export type FieldFault = { readonly pointer: string; readonly code: string; readonly message: string };

/** Refusals of the edge itself. */
type RequestRefused =
  | BodyRefused
  | { readonly kind: "malformed_json" }
  | MultipartFault
  | { readonly kind: "unauthorized" }
  | { readonly kind: "permission_missing"; readonly permission: string }
  | { readonly kind: "not_found" }
  | { readonly kind: "attachment_too_large"; readonly filename: string; readonly sizeBytesMax: number }
  | { readonly kind: "unsupported_media_type"; readonly expected: string }
  | { readonly kind: "validation_failed"; readonly errors: readonly FieldFault[] }
  | { readonly kind: "operator_only" }
  | { readonly kind: "workspace_required" }
  | { readonly kind: "scope_required" }
  | { readonly kind: "idempotency_key_invalid" }
  | { readonly kind: "continuation_token_invalid" }
  | { readonly kind: "file_not_found" }
  | { readonly kind: "unsubscribe_body_invalid" }
  | { readonly kind: "range_not_satisfiable"; readonly sizeBytes: number }
  | { readonly kind: "storage_unavailable"; readonly retryAfterSeconds: number }
  | { readonly kind: "internal_error" };

export type Refusal =
  | RequestRefused
  | Exclude<
      | IssueApiKeyRefused
      | RevokeApiKeyRefused
      | GetWorkspaceRefused
      | CreateSetupRefused
      | CheckSetupRefused
      | DeleteSetupRefused
      | CreateEmailUseCaseRefused
      | DeleteUseCaseRefused
      | CreateTwilioSetupRefused
      | CreateTwilioUseCaseRefused
      | AssignNumberRefused
      | WebhookRefused
      | SendEmailRefused
      | ReputationNotFound
      | ResumeSendingRefused
      | NotificationRefused
      | AddSuppressionRefused
      | LiftSuppressionRefused
      | LinkNotFound
      | EmailNotFound
      | AttachmentNotFound
      | InboundNotFound
      | Infected
      | NoBody
      | RawNotKept
      | ThreadNotFound,
      ClaimLost
    >;
export type RefusalKind = Refusal["kind"];
export type RefusalOf<Kind extends RefusalKind> = Extract<Refusal, { kind: Kind }>;
