// What is there and what happened: the state of every service, the faults in force, the provider calls made, the
// notifications posted.
import type { Hono } from "hono";

import { faultSettings } from "../faults.ts";
import type { ReceiptRule } from "../records.ts";
import type { RecordedCall, Sandbox } from "../sandbox.ts";
import { readAccount } from "../ses/account.ts";
import { judgeIdentity } from "../ses/identity-status.ts";
import { activeRuleSet } from "../ses/matching-rules.ts";
import { sendingStatus } from "../ses/tenants.ts";
import type { PostedDelivery } from "../sns/delivery-queue.ts";
import { readControlBody, unknownQuery } from "./control-request.ts";
import { twilioState } from "./twilio-control.ts";

export function mountStateControl(app: Hono, sandbox: Sandbox): void {
  app.get("/_sandbox/state", (c) => unknownQuery(c, []) ?? c.json(readState(sandbox)));

  app.put("/_sandbox/faults", async (c) => {
    const settings = await readControlBody(c, faultSettings);
    if (settings instanceof Response) return settings;
    sandbox.faults.replace(settings);
    return c.json(settings);
  });
  app.delete("/_sandbox/faults", (c) => {
    sandbox.faults.replace({});
    return c.body(null, 204);
  });

  app.get("/_sandbox/calls", (c) => {
    const { operation, service } = c.req.query();
    const items = sandbox.calls
      .entries()
      .filter((one) => operation === undefined || one.operation === operation)
      .filter((one) => service === undefined || one.service === service);
    return unknownQuery(c, ["operation", "service"]) ?? c.json({ items: items.map(toCall) });
  });
  app.delete("/_sandbox/calls", (c) => {
    sandbox.calls.clear();
    return c.body(null, 204);
  });

  app.get("/_sandbox/sns/deliveries", (c) => {
    const messageId = c.req.query("message_id");
    const items = sandbox.postedDeliveries
      .entries()
      .filter((one) => messageId === undefined || one.messageId === messageId);
    return unknownQuery(c, ["message_id"]) ?? c.json({ items: items.map(toDelivery) });
  });
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** The account as control paths show and take it. */
export function shownAccount(sandbox: Sandbox): object {
  const account = readAccount(sandbox);
  return {
    max_24_hour_send: account.max24HourSend,
    max_send_rate: account.maxSendRate,
    sending_enabled: account.sendingEnabled,
    enforcement_status: account.enforcementStatus,
    production_access: account.productionAccess,
  };
}

function readState(sandbox: Sandbox): object {
  const { records } = sandbox;
  return {
    account: shownAccount(sandbox),
    tenants: records.tenants.list().map((one) => ({
      name: one.name,
      id: one.id,
      arn: one.arn,
      sending_status: sendingStatus(one),
      tags: tagObject(one.tags),
      suppression: one.suppression,
      resources: records.associations.list({ prefix: `${one.name}|` }).map((link) => link.resourceArn),
    })),
    identities: records.identities.list().map((one) => {
      const verdict = judgeIdentity(sandbox, one);
      return {
        name: one.name,
        verified_for_sending: verdict.isVerified,
        dkim_status: verdict.dkim,
        dkim_tokens: one.dkimTokens,
        mail_from_domain: one.mailFrom?.domain ?? null,
        mail_from_status: verdict.mailFrom,
        feedback_forwarding: one.feedbackForwarding,
        tags: tagObject(one.tags),
      };
    }),
    configuration_sets: records.configurationSets.list().map((one) => ({
      name: one.name,
      sending_enabled: one.sendingEnabled,
      delivery_options: one.deliveryOptions,
      event_destinations: records.eventDestinations.list({ prefix: `${one.name}|` }),
      tags: tagObject(one.tags),
    })),
    suppressions: records.suppressions.list().map((one) => ({
      address: one.address,
      reason: one.reason,
      tenant: one.tenantName,
      updated_at: iso(one.updatedAt),
    })),
    pools: records.pools.list().map((one) => ({ name: one.name, scaling_mode: one.scalingMode })),
    topics: records.topics.list(),
    subscriptions: records.subscriptions.list().map((one) => ({
      arn: one.arn,
      topic_arn: one.topicArn,
      endpoint: one.endpoint,
      is_confirmed: one.isConfirmed,
    })),
    receipt_rule_sets: records.receiptRuleSets.list().map((one) => ({
      name: one.name,
      is_active: one.name === activeRuleSet(sandbox)?.name,
      rules: one.rules.map(toRule),
    })),
    twilio: twilioState(sandbox),
    faults: sandbox.faults.settings(),
    object_count: records.objects.count(),
    mailbox_count: records.mailbox.count(),
    pending_deliveries: sandbox.deliveries.pendingCount(),
  };
}

const tagObject = (tags: readonly { Key: string; Value: string }[]): object =>
  Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value]));

const toRule = (rule: ReceiptRule): object => ({
  name: rule.name,
  enabled: rule.enabled,
  scan_enabled: rule.scanEnabled,
  tls_policy: rule.tlsPolicy,
  recipients: rule.recipients,
  actions: rule.actions,
});

const toCall = (call: RecordedCall): object => ({
  service: call.service,
  operation: call.operation,
  status: call.status,
  at: iso(call.startedAt),
  duration_ms: call.durationMs,
});

const toDelivery = (one: PostedDelivery): object => ({
  posted_at: iso(one.postedAt),
  endpoint: one.endpoint,
  topic_arn: one.topicArn,
  type: one.type,
  message_id: one.messageId,
  attempt: one.attempt,
  outcome: one.outcome,
  headers: one.headers,
  body: one.body,
});
