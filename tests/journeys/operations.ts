// Every operation of the API with a request that would succeed, for tables over all of them: who may call it, and which
// ids it takes.
import { type ApiRequest, queryOf } from "../support/api-client.ts";
import type { PERMISSIONS } from "../support/world.ts";

/** The ids an operation is called with. */
export type Target = {
  readonly workspaceId: string;
  readonly setupId: string;
  readonly useCaseId: string;
  readonly emailId: string;
  /** A reply to that e-mail; both have a file of the name. */
  readonly inboundId: string;
  readonly threadId: string;
  readonly filename: string;
  readonly keyId: string;
  readonly domain: string;
  readonly twilioSetupId: string;
  readonly voiceUseCaseId: string;
  readonly phoneNumberId: string;
  /** Of the Twilio setup's account. */
  readonly authToken: string;
  readonly numberSid: string;
};

export type OperationCase = {
  readonly name: string;
  readonly method: string;
  /** Null: the operator's alone. */
  readonly permission: (typeof PERMISSIONS)[number] | null;
  readonly path: (target: Target) => string;
  readonly request?: (target: Target) => ApiRequest;
  /** What of the target it refers to beside the workspace. */
  readonly refersTo: readonly (keyof Target)[];
};

const setupBody = ({ workspaceId }: Target): ApiRequest => ({
  json: { tenant_name: `t-${workspaceId}`, domain_identity: `${workspaceId}.example` },
});
const useCaseBody = ({ setupId, domain }: Target): ApiRequest => ({
  json: {
    channel: "email",
    entity_name: "Clinic South",
    name: "Another",
    ses_setup_id: setupId,
    sender_email_address: `another@${domain}`,
    email_type: "transactional",
  },
});
const sid = (letters: string, { workspaceId }: Target): string =>
  `${letters}${workspaceId.replaceAll(/[^0-9a-f]/g, "").padStart(32, "0")}`;
const twilioSetupBody = (target: Target): ApiRequest => ({
  json: {
    friendly_name: "Clinic South",
    account_sid: sid("AC", target),
    auth_token: "0123456789abcdef0123456789abcdef",
    customer_profile_sid: sid("BU", target),
  },
});
const voiceUseCaseBody = ({ twilioSetupId }: Target): ApiRequest => ({
  json: {
    channel: "outbound_voice",
    entity_name: "Clinic South",
    name: "Calls",
    twilio_setup_id: twilioSetupId,
  },
});
function sendForm({ useCaseId }: Target): ApiRequest & { readonly form: FormData } {
  const form = new FormData();
  form.append("use_case_id", useCaseId);
  form.append("to_address", "pat@example.org");
  form.append("subject", "Your appointment");
  form.append("body_html", "<p>Tomorrow at nine.</p>");
  return { form };
}
function replyForm(target: Target): ApiRequest {
  const { form } = sendForm(target);
  form.append("in_reply_to_id", target.inboundId);
  return { form };
}

/** Both path families of an operation on channels. */
function channel(
  ending: string,
  operation: Omit<OperationCase, "path" | "name"> & { readonly path: (target: Target) => string },
): OperationCase[] {
  return [
    { ...operation, name: `${operation.method} /v1${ending}` },
    {
      ...operation,
      name: `${operation.method} /v1/{workspace_id}/channels${ending}`,
      path: (target) => `/v1/${target.workspaceId}/channels${operation.path(target).slice("/v1".length)}`,
    },
  ];
}

function inWorkspace(ending: string, operation: Omit<OperationCase, "name">): OperationCase {
  return {
    ...operation,
    name: `${operation.method} /v1/{workspace_id}${ending}`,
    path: (target) => `/v1/${target.workspaceId}${operation.path(target)}`,
  };
}

export const OPERATIONS: readonly OperationCase[] = [
  ...channel("/ses-setup", {
    method: "POST",
    permission: "Channel.create",
    path: () => "/v1/ses-setup",
    request: setupBody,
    refersTo: [],
  }),
  ...channel("/ses-setup", {
    method: "GET",
    permission: "Channel.view",
    path: () => "/v1/ses-setup",
    refersTo: [],
  }),
  ...channel("/ses-setup/{setup_id}", {
    method: "GET",
    permission: "Channel.view",
    path: ({ setupId }) => `/v1/ses-setup/${setupId}`,
    refersTo: ["setupId"],
  }),
  ...channel("/ses-setup/{setup_id}/verify", {
    method: "POST",
    permission: "Channel.view",
    path: ({ setupId }) => `/v1/ses-setup/${setupId}/verify`,
    refersTo: ["setupId"],
  }),
  ...channel("/ses-setup/{setup_id}", {
    method: "DELETE",
    permission: "Channel.delete",
    path: ({ setupId }) => `/v1/ses-setup/${setupId}`,
    refersTo: ["setupId"],
  }),
  ...channel("/use-case", {
    method: "POST",
    permission: "Channel.create",
    path: () => "/v1/use-case",
    request: useCaseBody,
    refersTo: ["setupId"],
  }),
  ...channel("/use-case", {
    method: "GET",
    permission: "Channel.view",
    path: ({ setupId }) => `/v1/use-case?ses_setup_id=${setupId}`,
    refersTo: ["setupId"],
  }),
  ...channel("/use-case/{use_case_id}", {
    method: "GET",
    permission: "Channel.view",
    path: ({ useCaseId }) => `/v1/use-case/${useCaseId}`,
    refersTo: ["useCaseId"],
  }),
  ...channel("/use-case/{use_case_id}", {
    method: "DELETE",
    permission: "Channel.delete",
    path: ({ useCaseId }) => `/v1/use-case/${useCaseId}`,
    refersTo: ["useCaseId"],
  }),
  ...channel("/use-case/{use_case_id}/reputation", {
    method: "GET",
    permission: "Channel.view",
    path: ({ useCaseId }) => `/v1/use-case/${useCaseId}/reputation`,
    refersTo: ["useCaseId"],
  }),
  ...channel("/use-case/{use_case_id}/reputation/resume", {
    method: "POST",
    permission: null,
    path: ({ useCaseId }) => `/v1/use-case/${useCaseId}/reputation/resume`,
    refersTo: [],
  }),
  ...channel("/use-case (voice)", {
    method: "POST",
    permission: "Channel.create",
    path: () => "/v1/use-case",
    request: voiceUseCaseBody,
    refersTo: ["twilioSetupId"],
  }),
  ...channel("/use-case?twilio_setup_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ twilioSetupId }) => `/v1/use-case?twilio_setup_id=${twilioSetupId}`,
    refersTo: ["twilioSetupId"],
  }),
  ...channel("/twilio-setup", {
    method: "POST",
    permission: "Channel.create",
    path: () => "/v1/twilio-setup",
    request: twilioSetupBody,
    refersTo: [],
  }),
  ...channel("/twilio-setup", {
    method: "GET",
    permission: "Channel.view",
    path: () => "/v1/twilio-setup",
    refersTo: [],
  }),
  ...channel("/twilio-setup/{twilio_setup_id}", {
    method: "GET",
    permission: "Channel.view",
    path: ({ twilioSetupId }) => `/v1/twilio-setup/${twilioSetupId}`,
    refersTo: ["twilioSetupId"],
  }),
  ...channel("/twilio-setup/{twilio_setup_id}/auth-token", {
    method: "POST",
    permission: "Channel.create",
    path: ({ twilioSetupId }) => `/v1/twilio-setup/${twilioSetupId}/auth-token`,
    request: ({ authToken }) => ({ json: { auth_token: authToken } }),
    refersTo: ["twilioSetupId"],
  }),
  ...channel("/twilio-setup/{twilio_setup_id}/phone-number", {
    method: "GET",
    permission: "Channel.view",
    path: ({ twilioSetupId }) => `/v1/twilio-setup/${twilioSetupId}/phone-number`,
    refersTo: ["twilioSetupId"],
  }),
  ...channel("/twilio-setup/{twilio_setup_id}", {
    method: "DELETE",
    permission: "Channel.delete",
    path: ({ twilioSetupId }) => `/v1/twilio-setup/${twilioSetupId}`,
    refersTo: ["twilioSetupId"],
  }),
  ...channel("/use-case/{use_case_id}/phone-number", {
    method: "POST",
    permission: "Channel.create",
    path: ({ voiceUseCaseId }) => `/v1/use-case/${voiceUseCaseId}/phone-number`,
    request: ({ numberSid }) => ({ json: { phone_number_sid: numberSid } }),
    refersTo: ["voiceUseCaseId"],
  }),
  ...channel("/use-case/{use_case_id}/phone-number", {
    method: "GET",
    permission: "Channel.view",
    path: ({ voiceUseCaseId }) => `/v1/use-case/${voiceUseCaseId}/phone-number`,
    refersTo: ["voiceUseCaseId"],
  }),
  ...channel("/use-case/{use_case_id}/phone-number/{phone_number_id}", {
    method: "DELETE",
    permission: "Channel.delete",
    path: ({ voiceUseCaseId, phoneNumberId }) =>
      `/v1/use-case/${voiceUseCaseId}/phone-number/${phoneNumberId}`,
    refersTo: ["voiceUseCaseId", "phoneNumberId"],
  }),
  inWorkspace("/email/send", {
    method: "POST",
    permission: "Channel.send",
    path: () => "/email/send",
    request: sendForm,
    refersTo: ["useCaseId"],
  }),
  inWorkspace("/email/send (a reply)", {
    method: "POST",
    permission: "Channel.send",
    path: () => "/email/send",
    request: replyForm,
    refersTo: ["useCaseId", "inboundId"],
  }),
  inWorkspace("/email?use_case_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ useCaseId }) => `/email?use_case_id=${useCaseId}`,
    refersTo: ["useCaseId"],
  }),
  inWorkspace("/email?setup_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ setupId }) => `/email?setup_id=${setupId}`,
    refersTo: ["setupId"],
  }),
  inWorkspace("/email?use_case_id=&setup_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ useCaseId, setupId }) => `/email${queryOf({ use_case_id: useCaseId, setup_id: setupId })}`,
    refersTo: ["useCaseId", "setupId"],
  }),
  inWorkspace("/email/event?setup_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ setupId }) => `/email/event?setup_id=${setupId}`,
    refersTo: ["setupId"],
  }),
  inWorkspace("/email/event?use_case_id=&email_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ useCaseId, emailId }) => `/email/event${queryOf({ use_case_id: useCaseId, email_id: emailId })}`,
    refersTo: ["useCaseId", "emailId"],
  }),
  inWorkspace("/email/suppression?setup_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ setupId }) => `/email/suppression?setup_id=${setupId}`,
    refersTo: ["setupId"],
  }),
  inWorkspace("/email/suppression?use_case_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ useCaseId }) => `/email/suppression?use_case_id=${useCaseId}`,
    refersTo: ["useCaseId"],
  }),
  inWorkspace("/email/suppression/explain", {
    method: "GET",
    permission: "Channel.view",
    path: ({ useCaseId }) =>
      `/email/suppression/explain${queryOf({ use_case_id: useCaseId, address: "pat@example.org" })}`,
    refersTo: ["useCaseId"],
  }),
  inWorkspace("/email/suppression", {
    method: "POST",
    permission: "Channel.send",
    path: () => "/email/suppression",
    request: ({ setupId }) => ({ json: { setup_id: setupId, address: "operations@example.org" } }),
    refersTo: ["setupId"],
  }),
  inWorkspace("/email/suppression (use case)", {
    method: "POST",
    permission: "Channel.send",
    path: () => "/email/suppression",
    request: ({ useCaseId }) => ({ json: { use_case_id: useCaseId, address: "operations@example.org" } }),
    refersTo: ["useCaseId"],
  }),
  inWorkspace("/email/{email_id}", {
    method: "GET",
    permission: "Channel.view",
    path: ({ emailId }) => `/email/${emailId}`,
    refersTo: ["emailId"],
  }),
  inWorkspace("/email/{email_id}/body", {
    method: "GET",
    permission: "Channel.view",
    path: ({ emailId }) => `/email/${emailId}/body`,
    refersTo: ["emailId"],
  }),
  inWorkspace("/email/{email_id}/attachment/{filename}", {
    method: "GET",
    permission: "Channel.view",
    path: ({ emailId, filename }) => `/email/${emailId}/attachment/${encodeURIComponent(filename)}`,
    refersTo: ["emailId"],
  }),
  inWorkspace("/email/inbound?setup_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ setupId }) => `/email/inbound?setup_id=${setupId}`,
    refersTo: ["setupId"],
  }),
  inWorkspace("/email/inbound?use_case_id=&thread_id=", {
    method: "GET",
    permission: "Channel.view",
    path: ({ useCaseId, threadId }) =>
      `/email/inbound${queryOf({ use_case_id: useCaseId, thread_id: threadId })}`,
    refersTo: ["useCaseId", "threadId"],
  }),
  inWorkspace("/email/inbound/{inbound_id}", {
    method: "GET",
    permission: "Channel.view",
    path: ({ inboundId }) => `/email/inbound/${inboundId}`,
    refersTo: ["inboundId"],
  }),
  inWorkspace("/email/inbound/{inbound_id}/body", {
    method: "GET",
    permission: "Channel.view",
    path: ({ inboundId }) => `/email/inbound/${inboundId}/body`,
    refersTo: ["inboundId"],
  }),
  inWorkspace("/email/inbound/{inbound_id}/attachment/{filename}", {
    method: "GET",
    permission: "Channel.view",
    path: ({ inboundId, filename }) =>
      `/email/inbound/${inboundId}/attachment/${encodeURIComponent(filename)}`,
    refersTo: ["inboundId"],
  }),
  inWorkspace("/email/inbound/{inbound_id}/raw", {
    method: "GET",
    permission: "Channel.view",
    path: ({ inboundId }) => `/email/inbound/${inboundId}/raw`,
    refersTo: ["inboundId"],
  }),
  inWorkspace("/email/thread/{thread_id}", {
    method: "GET",
    permission: "Channel.view",
    path: ({ threadId }) => `/email/thread/${threadId}`,
    refersTo: ["threadId"],
  }),
  inWorkspace("/api-keys", {
    method: "POST",
    permission: "ApiKey.manage",
    path: () => "/api-keys",
    request: () => ({ json: { name: "k", permissions: ["Channel.view"] } }),
    refersTo: [],
  }),
  inWorkspace("/api-keys", {
    method: "GET",
    permission: "ApiKey.manage",
    path: () => "/api-keys",
    refersTo: [],
  }),
  inWorkspace("/api-keys/{key_id}", {
    method: "DELETE",
    permission: "ApiKey.manage",
    path: ({ keyId }) => `/api-keys/${keyId}`,
    refersTo: ["keyId"],
  }),
  {
    name: "POST /v1/workspaces",
    method: "POST",
    permission: null,
    path: () => "/v1/workspaces",
    request: () => ({ json: { name: "Clinic West" } }),
    refersTo: [],
  },
  { name: "GET /v1/workspaces", method: "GET", permission: null, path: () => "/v1/workspaces", refersTo: [] },
  {
    name: "GET /v1/workspaces/{workspace_id}",
    method: "GET",
    permission: null,
    path: ({ workspaceId }) => `/v1/workspaces/${workspaceId}`,
    refersTo: [],
  },
];

export const WORKSPACE_OPERATIONS = OPERATIONS.filter(({ name }) => name.includes("{workspace_id}"));
