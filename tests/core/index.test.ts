// core as other programs have it: by the package's name, and complete in itself. How large it is, `bun run bench` says.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { deriveDnsRecords, settle } from "postrider/core";
import * as core from "postrider/core";

test("is imported by the package's name, without a port at hand", () => {
  const records = deriveDnsRecords({
    domainIdentity: "mail.example.com",
    region: "eu-central-1",
    dkim: { tokens: ["one", "two", "three"], signingHostedZone: "dkim.amazonses.com" },
  });
  expect(records.map(({ address, type }) => `${type} ${address}`)).toEqual([
    "CNAME one._domainkey.mail.example.com",
    "CNAME two._domainkey.mail.example.com",
    "CNAME three._domainkey.mail.example.com",
    "MX bounce.mail.example.com",
    "TXT bounce.mail.example.com",
    "TXT _dmarc.mail.example.com",
    "MX mail.example.com",
  ]);
  expect(settle([]).state).toBe("sent");
});

test("offers every operation", () => {
  const names = Object.keys(core);
  for (const operation of [
    "createWorkspace",
    "issueApiKey",
    "createSetup",
    "checkSetup",
    "deleteSetup",
    "createEmailUseCase",
    "deleteUseCase",
    "createTwilioSetup",
    "createTwilioUseCase",
    "assignNumber",
    "releaseNumber",
    "receiveWebhook",
    "sendEmail",
    "readEmail",
    "receiveNotification",
    "receiveInbound",
    "reconcileInbound",
    "readInbound",
    "readInboundBody",
    "locateInboundFile",
    "locateRaw",
    "readThread",
    "joinThread",
    "addSuppression",
    "liftSuppression",
    "explainSuppression",
    "getReputation",
    "resumeSending",
    "unsubscribe",
  ])
    expect(names).toContain(operation);
});

test("is one module that needs no other", async () => {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, "../../core/index.ts")],
    target: "browser",
    minify: true,
  });
  const code = (await built.outputs[0]?.text()) ?? "";
  expect(code).toContain("deriveDnsRecords");
  expect(new Bun.Transpiler({ loader: "js" }).scan(code).imports).toEqual([]);
});
