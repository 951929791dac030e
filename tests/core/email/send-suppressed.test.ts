// A recipient who leaves while a send to them is under way, between what it read and what it writes: whoever was answered
// that they are unsubscribed gets nothing more, and the provider is not called.
import { expect, test } from "bun:test";
import { htmlToText } from "../../../adapters/mime/html-to-text.ts";
import { makeIdSource } from "../../../adapters/system/id-source.ts";
import { webRandomSource } from "../../../adapters/webcrypto/random-source.ts";
import { makeUnsubscribeTokens } from "../../../adapters/webcrypto/unsubscribe-tokens.ts";
import { sendEmail, type SendEmailPorts } from "../../../core/email/send-email.ts";
import { TIER_POLICY } from "../../../core/reputation/read-tier-policy.ts";
import type { BlobStore } from "../../../core/ports/blob-store.ts";
import { SAMPLE_DKIM, SAMPLE_TIME, sampleClaim } from "../../support/channel-samples.ts";
import { openTestDatabase } from "../../support/databases.ts";
import { addSentEmail, emailId, makeEmailStores, withUseCase } from "../../support/email-samples.ts";

const RECIPIENT = "Pat@post.example";
const clock = { now: () => SAMPLE_TIME + 60_000 };

test("an unsubscribe between the read and the write stops the send and keeps nothing", async () => {
  const stores = makeEmailStores(await openTestDatabase());
  const useCase = await withUseCase(stores);
  const check = {
    verdicts: [],
    dnsVerified: true,
    dnsLostAt: null,
    dkim: SAMPLE_DKIM,
    checkedAt: SAMPLE_TIME,
  };
  await stores.setups.recordCheck(useCase.setupId, check);
  await addSentEmail(stores, useCase, 1, { toAddress: RECIPIENT });

  const reached: string[] = [];
  const reach = (what: string) => async () => {
    reached.push(what);
    throw new Error(`${what} was reached`);
  };
  const ports: SendEmailPorts = {
    emails: {
      ...stores.emails,
      async writeAhead(email, claim, asked) {
        await stores.suppressions.unsubscribe(emailId(1), null, emailId(2), clock.now());
        return stores.emails.writeAhead(email, claim, asked);
      },
    },
    blobs: { put: reach("the blob store"), get: reach("the blob store") } as unknown as BlobStore,
    mailer: { send: reach("the provider") },
    htmlToText,
    clock,
    ids: makeIdSource(clock),
    random: webRandomSource,
    unsubscribeTokens: makeUnsubscribeTokens([{ id: "k1", secret: new Uint8Array(32) }]),
    settings: { dnsGraceSeconds: 0, publicUrl: "https://api.clinic.example", tierPolicy: TIER_POLICY },
  };
  const html = "<p>Tomorrow at nine.</p>";
  const claim = sampleClaim();
  const sent = await sendEmail(ports, {
    workspaceId: useCase.workspaceId,
    useCaseId: useCase.id,
    toAddress: RECIPIENT,
    subject: "Your appointment",
    bodyHtml: { text: html, octets: new TextEncoder().encode(html) },
    bodyText: null,
    files: [],
    inReplyToId: null,
    claim,
  });
  expect(sent).toEqual({
    ok: false,
    error: { kind: "recipient_suppressed", rule: "unsubscribe", scope: "use_case", since: clock.now() },
  });
  expect(reached).toEqual([]);
  expect(await stores.idempotency.find(useCase.workspaceId, claim.key, clock.now())).toBeNull();
});
