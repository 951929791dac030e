import { z } from "@hono/zod-openapi";
import { createSetup } from "../../core/setup/create-setup.ts";
import { type DomainNameFault, parseDomainName } from "../../core/setup/domain-name.ts";
import { findSetup } from "../../core/setup/find-setup.ts";
import { TENANT_NAME_CHARACTERS_MAX, tenantNameFault } from "../../core/setup/tenant-name.ts";
import { ok } from "../../core/result.ts";
import { toAsciiDomain } from "../address.ts";
import { inWorkspace, operation } from "../operation.ts";
import { createSetupExample, setupDetailExample } from "./examples.ts";
import { channelPaths } from "./paths.ts";
import { SesSetupDetail, toSetupDetail } from "./wire.ts";

const DOMAIN_FAULTS: Readonly<Record<DomainNameFault, string>> = {
  empty: "must not be empty",
  not_a_host: "must be a bare domain such as mail.example.org, without scheme, port or path",
  ip_literal: "must be a domain name, not an IP address",
  single_label: "must have at least two labels, such as mail.example.org",
  too_long: "must have at most 209 characters in its ASCII form: the DNS names under it have to fit as well",
  label: "must be made of letters, digits and inner hyphens, at most 63 a label",
  numeric_tld: "must not end in digits only",
};

const domainText = z
  .string()
  .min(1)
  .max(255)
  .transform((text, context) => {
    const domain = parseDomainName(toAsciiDomain(text));
    if (domain.ok) return domain.value;
    const message = DOMAIN_FAULTS[domain.error];
    context.addIssue({ code: "custom", message, params: { code: `domain_${domain.error}` } });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    minLength: 1,
    maxLength: 255,
    description: "The domain to send and receive with.",
  });

const Body = z
  .strictObject({
    tenant_name: z
      .string()
      .refine((text) => tenantNameFault(text) === null, {
        error: "must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -",
        params: { code: "tenant_name" },
      })
      .openapi({
        type: "string",
        minLength: 1,
        maxLength: TENANT_NAME_CHARACTERS_MAX,
        pattern: "^[A-Za-z0-9_-]+$",
        description: "The boundary for reputation and suppression; unique on the platform.",
      }),
    domain_identity: domainText,
  })
  .openapi("CreateSesSetup");

export const createSetupOperation = operation({
  summary: "Create a setup",
  description: "Provisions the tenant and the domain identity, and answers the seven DNS records to publish.",
  tag: "Setups",
  method: "post",
  paths: channelPaths("/ses-setup", "createSesSetup"),
  permission: "Channel.create",
  needsWorkspace: true,
  body: { schema: Body, example: createSetupExample },
  idempotency: {
    resume: async ({ ports, workspaceId }, setupId) => {
      const setup = await findSetup(ports, { workspaceId, setupId, action: "own" });
      return setup.ok ? toSetupDetail(setup.value) : null;
    },
  },
  refusals: [
    "tenant_name_taken",
    "domain_identity_taken",
    "domain_conflict",
    "domain_recently_released",
    "provider_unavailable",
    "provider_timed_out",
  ],
  answer: { status: 201, schema: SesSetupDetail, example: setupDetailExample },
  handle: async ({ ports, body, claim, ...input }) => {
    const created = await createSetup(ports, {
      workspaceId: inWorkspace(input),
      tenantName: body.tenant_name,
      domainIdentity: body.domain_identity,
      claim,
    });
    return created.ok ? ok(toSetupDetail(created.value)) : created;
  },
});
