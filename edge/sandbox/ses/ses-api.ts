// The SES v2 service: which path is which operation, and how answers and errors look on the wire (rest-json 1.1).
// Operations that are not in the table do not exist here.
import type { Context, Hono } from "hono";

import type { AwsError } from "../aws-error.ts";
import { answerCall } from "../provider-call.ts";
import { readBody } from "../request-body.ts";
import type { Sandbox } from "../sandbox.ts";
import { getAccount, listTagsForResource } from "./account.ts";
import {
  createTenantResourceAssociation,
  deleteTenantResourceAssociation,
  listResourceTenants,
  listTenantResources,
} from "./associations.ts";
import {
  createConfigurationSet,
  deleteConfigurationSet,
  getConfigurationSet,
  putConfigurationSetDeliveryOptions,
  putConfigurationSetSendingOptions,
} from "./configuration-sets.ts";
import { createDedicatedIpPool, listDedicatedIpPools } from "./dedicated-ip-pools.ts";
import {
  createConfigurationSetEventDestination,
  deleteConfigurationSetEventDestination,
  getConfigurationSetEventDestinations,
} from "./event-destinations.ts";
import {
  createEmailIdentity,
  deleteEmailIdentity,
  getEmailIdentity,
  putEmailIdentityDkimSigningAttributes,
  putEmailIdentityFeedbackAttributes,
  putEmailIdentityMailFromAttributes,
} from "./identities.ts";
import { parseJsonBody } from "./json-body.ts";
import { getReputationEntity, listReputationEntities } from "./reputation-entities.ts";
import { sendEmail } from "./send-email.ts";
import type { SesOperation } from "./ses-operation.ts";
import {
  deleteSuppressedDestination,
  getSuppressedDestination,
  putSuppressedDestination,
} from "./suppression-list.ts";
import { createTenant, deleteTenant, getTenant, listTenants } from "./tenants.ts";

/** A 40 MB message is 53.4 MB of base64, and the rest of the call goes with it. */
const BODY_OCTETS_MAX = 64 * 1_048_576;

const OPERATIONS: readonly (readonly [method: string, path: string, name: string, run: SesOperation])[] = [
  ["POST", "/tenants", "CreateTenant", createTenant],
  ["POST", "/tenants/get", "GetTenant", getTenant],
  ["POST", "/tenants/delete", "DeleteTenant", deleteTenant],
  ["POST", "/tenants/list", "ListTenants", listTenants],
  ["POST", "/tenants/resources", "CreateTenantResourceAssociation", createTenantResourceAssociation],
  ["POST", "/tenants/resources/delete", "DeleteTenantResourceAssociation", deleteTenantResourceAssociation],
  ["POST", "/tenants/resources/list", "ListTenantResources", listTenantResources],
  ["POST", "/resources/tenants/list", "ListResourceTenants", listResourceTenants],
  ["GET", "/reputation/entities/RESOURCE/:reference", "GetReputationEntity", getReputationEntity],
  ["POST", "/reputation/entities", "ListReputationEntities", listReputationEntities],
  ["POST", "/identities", "CreateEmailIdentity", createEmailIdentity],
  ["GET", "/identities/:identity", "GetEmailIdentity", getEmailIdentity],
  ["DELETE", "/identities/:identity", "DeleteEmailIdentity", deleteEmailIdentity],
  [
    "PUT",
    "/identities/:identity/mail-from",
    "PutEmailIdentityMailFromAttributes",
    putEmailIdentityMailFromAttributes,
  ],
  [
    "PUT",
    "/identities/:identity/feedback",
    "PutEmailIdentityFeedbackAttributes",
    putEmailIdentityFeedbackAttributes,
  ],
  [
    "PUT",
    "/identities/:identity/dkim/signing",
    "PutEmailIdentityDkimSigningAttributes",
    putEmailIdentityDkimSigningAttributes,
  ],
  ["POST", "/configuration-sets", "CreateConfigurationSet", createConfigurationSet],
  ["GET", "/configuration-sets/:set", "GetConfigurationSet", getConfigurationSet],
  ["DELETE", "/configuration-sets/:set", "DeleteConfigurationSet", deleteConfigurationSet],
  [
    "PUT",
    "/configuration-sets/:set/delivery-options",
    "PutConfigurationSetDeliveryOptions",
    putConfigurationSetDeliveryOptions,
  ],
  [
    "PUT",
    "/configuration-sets/:set/sending",
    "PutConfigurationSetSendingOptions",
    putConfigurationSetSendingOptions,
  ],
  [
    "POST",
    "/configuration-sets/:set/event-destinations",
    "CreateConfigurationSetEventDestination",
    createConfigurationSetEventDestination,
  ],
  [
    "GET",
    "/configuration-sets/:set/event-destinations",
    "GetConfigurationSetEventDestinations",
    getConfigurationSetEventDestinations,
  ],
  [
    "DELETE",
    "/configuration-sets/:set/event-destinations/:destination",
    "DeleteConfigurationSetEventDestination",
    deleteConfigurationSetEventDestination,
  ],
  ["POST", "/dedicated-ip-pools", "CreateDedicatedIpPool", createDedicatedIpPool],
  ["GET", "/dedicated-ip-pools", "ListDedicatedIpPools", listDedicatedIpPools],
  ["PUT", "/suppression/addresses", "PutSuppressedDestination", putSuppressedDestination],
  ["GET", "/suppression/addresses/:address", "GetSuppressedDestination", getSuppressedDestination],
  ["DELETE", "/suppression/addresses/:address", "DeleteSuppressedDestination", deleteSuppressedDestination],
  ["GET", "/tags", "ListTagsForResource", listTagsForResource],
  ["GET", "/account", "GetAccount", getAccount],
  ["POST", "/outbound-emails", "SendEmail", sendEmail],
];

export function mountSes(app: Hono, sandbox: Sandbox): void {
  for (const [method, path, name, run] of OPERATIONS) {
    app.on(method, `/v2/email${path}`, (c) => answerSes(sandbox, c, name, run));
  }
  app.all("/v2/email/*", () =>
    errorJson({
      status: 404,
      code: "UnknownOperationException",
      message: "The sandbox does not play this operation.",
    }),
  );
}

async function answerSes(
  sandbox: Sandbox,
  c: Context,
  operation: string,
  run: SesOperation,
): Promise<Response> {
  const request = c.req.raw;
  const body = await readBody(request, BODY_OCTETS_MAX);
  return answerCall(
    sandbox,
    { service: "ses", operation, dialect: "json", request, body, toResponse: errorJson },
    ({ bytes }) => {
      const { value, longStrings } = parseJsonBody(bytes);
      const query = new URL(request.url).searchParams;
      const answer = run(sandbox, { params: c.req.param(), query, body: value, longStrings });
      return Response.json(answer, { headers: { "x-amzn-requestid": crypto.randomUUID() } });
    },
  );
}

/** The name in a header; 403s spell `Message` with a capital. */
function errorJson(error: Pick<AwsError, "status" | "code" | "message">): Response {
  const body = error.status === 403 ? { Message: error.message } : { message: error.message };
  const headers = { "x-amzn-errortype": error.code, "x-amzn-requestid": crypto.randomUUID() };
  return Response.json(body, { status: error.status, headers });
}
