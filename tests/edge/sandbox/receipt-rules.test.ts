// Receipt rule sets over SES's Query API: what is there from the start, what can be made and ordered, what is refused.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type TestSandbox, startSandbox } from "../../support/sandbox.ts";
import { subscribeHook } from "./provisioned.ts";

const TOPIC = "arn:aws:sns:us-east-1:000000000000:postrider-events";
const S3 = { "Rule.Actions.member.1.S3Action.BucketName": "acme-inbound" };

type Answer = { readonly status: number; readonly xml: string };

function querying({ aws }: TestSandbox) {
  return async (action: string, form: Record<string, string> = {}): Promise<Answer> => {
    const answer = await aws.sesQuery({ Action: action, ...form });
    return { status: answer.status, xml: await answer.text() };
  };
}
const all = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text = ""]) => text);
const code = ({ status, xml }: Answer): readonly [number, string | undefined] => [
  status,
  all(xml, "Code")[0],
];

const sandbox = await startSandbox();
const ask = querying(sandbox);

/** A rule set of its own, with these rules in this order. */
let sets = 0;
async function ruleSet(...rules: readonly string[]): Promise<string> {
  const name = `set-${(sets += 1)}`;
  expect((await ask("CreateReceiptRuleSet", { RuleSetName: name })).status).toBe(200);
  for (const rule of rules.toReversed()) {
    const made = await ask("CreateReceiptRule", { RuleSetName: name, "Rule.Name": rule, ...S3 });
    expect(made.status).toBe(200);
  }
  return name;
}
const rulesOf = async (name: string): Promise<string[]> => {
  const { xml } = await ask("DescribeReceiptRuleSet", { RuleSetName: name });
  return all(xml.slice(xml.indexOf("<Rules>")), "Name");
};

test("from the start one rule receives for every verified domain, and has tried its bucket", async () => {
  const fresh = await startSandbox();
  const { status, xml } = await querying(fresh)("DescribeActiveReceiptRuleSet");
  expect(status).toBe(200);
  expect(all(xml, "Name")).toEqual(["sandbox", "catch-all"]);
  expect([all(xml, "Enabled"), all(xml, "ScanEnabled"), all(xml, "TlsPolicy")]).toEqual([
    ["true"],
    ["true"],
    ["Optional"],
  ]);
  expect([all(xml, "BucketName"), all(xml, "ObjectKeyPrefix"), all(xml, "TopicArn")]).toEqual([
    ["postrider-inbound"],
    ["mail/"],
    [TOPIC],
  ]);
  expect(xml).toContain("<Recipients></Recipients>");
  const probe = await fresh.aws.s3("GET", "/postrider-inbound/mail/AMAZON_SES_SETUP_NOTIFICATION");
  expect(probe.status).toBe(200);
  expect((await fresh.control.state()).receipt_rule_sets).toMatchObject([
    { name: "sandbox", is_active: true, rules: [{ name: "catch-all", enabled: true }] },
  ]);
});

test("sets are made, listed, made active, and deleted when they are not", async () => {
  const [one, two] = [await ruleSet(), await ruleSet()];
  expect(all((await ask("ListReceiptRuleSets")).xml, "Name")).toEqual(["sandbox", one, two]);
  expect((await ask("SetActiveReceiptRuleSet", { RuleSetName: two })).status).toBe(200);
  expect(all((await ask("DescribeActiveReceiptRuleSet")).xml, "Name")).toEqual([two]);
  expect(code(await ask("DeleteReceiptRuleSet", { RuleSetName: two }))).toEqual([400, "CannotDelete"]);
  // Without a name nothing is received any more.
  expect((await ask("SetActiveReceiptRuleSet")).status).toBe(200);
  const none = await ask("DescribeActiveReceiptRuleSet");
  expect([none.status, all(none.xml, "Name")]).toEqual([200, []]);
  for (const name of [one, two, two]) {
    expect((await ask("DeleteReceiptRuleSet", { RuleSetName: name })).status).toBe(200);
  }
  expect(all((await ask("ListReceiptRuleSets")).xml, "Name")).toEqual(["sandbox"]);
});

describe("the order of rules", () => {
  const rows: readonly (readonly [string, string, Record<string, string>, readonly string[]])[] = [
    ["a new one is first", "CreateReceiptRule", { "Rule.Name": "new", ...S3 }, ["new", "a", "b", "c"]],
    [
      "or after another",
      "CreateReceiptRule",
      { "Rule.Name": "new", After: "b", ...S3 },
      ["a", "b", "new", "c"],
    ],
    ["moved to the front", "SetReceiptRulePosition", { RuleName: "c" }, ["c", "a", "b"]],
    ["moved after another", "SetReceiptRulePosition", { RuleName: "a", After: "b" }, ["b", "a", "c"]],
    [
      "all at once",
      "ReorderReceiptRuleSet",
      { "RuleNames.member.1": "b", "RuleNames.member.2": "c", "RuleNames.member.3": "a" },
      ["b", "c", "a"],
    ],
    ["without one", "DeleteReceiptRule", { RuleName: "b" }, ["a", "c"]],
    ["without one that is not there", "DeleteReceiptRule", { RuleName: "z" }, ["a", "b", "c"]],
    ["the same after a change", "UpdateReceiptRule", { "Rule.Name": "b", ...S3 }, ["a", "b", "c"]],
  ];
  test.each(rows)("%s", async (_, action, form, expected) => {
    const name = await ruleSet("a", "b", "c");
    expect((await ask(action, { RuleSetName: name, ...form })).status).toBe(200);
    expect(await rulesOf(name)).toEqual([...expected]);
    await ask("DeleteReceiptRuleSet", { RuleSetName: name });
  });
});

test("a change replaces the whole rule; what is not said is off", async () => {
  const name = await ruleSet();
  const rule = {
    "Rule.Name": "r",
    "Rule.Enabled": "true",
    "Rule.ScanEnabled": "true",
    "Rule.TlsPolicy": "Require",
    "Rule.Recipients.member.1": "in.acme.com",
    "Rule.Recipients.member.2": ".acme.com",
    "Rule.Actions.member.1.S3Action.BucketName": "acme-inbound",
    "Rule.Actions.member.2.SNSAction.TopicArn": TOPIC,
    "Rule.Actions.member.2.SNSAction.Encoding": "Base64",
    "Rule.Actions.member.3.StopAction.Scope": "RuleSet",
  };
  await ask("CreateReceiptRule", { RuleSetName: name, ...rule });
  const before = (await ask("DescribeReceiptRuleSet", { RuleSetName: name })).xml;
  expect(before).toContain("<Recipients><member>in.acme.com</member><member>.acme.com</member></Recipients>");
  expect([
    all(before, "Enabled"),
    all(before, "TlsPolicy"),
    all(before, "Encoding"),
    all(before, "Scope"),
  ]).toEqual([["true"], ["Require"], ["Base64"], ["RuleSet"]]);
  await ask("UpdateReceiptRule", { RuleSetName: name, "Rule.Name": "r", ...S3 });
  const after = (await ask("DescribeReceiptRuleSet", { RuleSetName: name })).xml;
  expect([all(after, "Enabled"), all(after, "ScanEnabled"), all(after, "TlsPolicy")]).toEqual([
    ["false"],
    ["false"],
    ["Optional"],
  ]);
  expect(after).toContain("<Recipients></Recipients>");
  await ask("DeleteReceiptRuleSet", { RuleSetName: name });
});

test("making a rule tries its bucket and its topic", async () => {
  const hook = await subscribeHook(sandbox, "probe");
  const name = await ruleSet();
  await ask("CreateReceiptRule", {
    RuleSetName: name,
    "Rule.Name": "probed",
    "Rule.Actions.member.1.S3Action.BucketName": "acme-inbound",
    "Rule.Actions.member.1.S3Action.ObjectKeyPrefix": "without/slash",
    "Rule.Actions.member.1.S3Action.TopicArn": hook.topicArn,
  });
  await sandbox.settled();
  expect(hook.messages()).toMatchObject([
    {
      notificationType: "Received",
      mail: { messageId: "AMAZON_SES_SETUP_NOTIFICATION" },
      receipt: { action: { type: "S3", objectKey: "without/slash/AMAZON_SES_SETUP_NOTIFICATION" } },
    },
  ]);
  const probe = await sandbox.aws.s3("GET", "/acme-inbound/without/slash/AMAZON_SES_SETUP_NOTIFICATION");
  expect(probe.status).toBe(200);
  await ask("DeleteReceiptRuleSet", { RuleSetName: name });
});

describe("refused in SES's words", () => {
  const rule = { RuleSetName: "refusals", "Rule.Name": "r" };
  const recipients = (count: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `Rule.Recipients.member.${index + 1}`,
        `a${index}.acme.com`,
      ]),
    );
  const rows: readonly (readonly [string, string, Record<string, string>, string])[] = [
    ["a set of that name", "CreateReceiptRuleSet", { RuleSetName: "sandbox" }, "AlreadyExists"],
    ["no name", "CreateReceiptRuleSet", {}, "ValidationError"],
    ["a name with a space", "CreateReceiptRuleSet", { RuleSetName: "a b" }, "ValidationError"],
    ["a name of 65", "CreateReceiptRuleSet", { RuleSetName: "a".repeat(65) }, "ValidationError"],
    ["an unknown set made active", "SetActiveReceiptRuleSet", { RuleSetName: "none" }, "RuleSetDoesNotExist"],
    ["an unknown set described", "DescribeReceiptRuleSet", { RuleSetName: "none" }, "RuleSetDoesNotExist"],
    [
      "a rule for an unknown set",
      "CreateReceiptRule",
      { ...rule, ...S3, RuleSetName: "none" },
      "RuleSetDoesNotExist",
    ],
    ["a rule of that name", "CreateReceiptRule", { ...rule, ...S3, "Rule.Name": "there" }, "AlreadyExists"],
    [
      "a rule after an unknown one",
      "CreateReceiptRule",
      { ...rule, ...S3, After: "none" },
      "RuleDoesNotExist",
    ],
    ["an unknown rule changed", "UpdateReceiptRule", { ...rule, ...S3 }, "RuleDoesNotExist"],
    ["an unknown rule moved", "SetReceiptRulePosition", { ...rule, RuleName: "none" }, "RuleDoesNotExist"],
    ["an order without a rule", "ReorderReceiptRuleSet", { RuleSetName: "refusals" }, "ValidationError"],
    [
      "an order with one twice",
      "ReorderReceiptRuleSet",
      { RuleSetName: "refusals", "RuleNames.member.1": "there", "RuleNames.member.2": "there" },
      "ValidationError",
    ],
    [
      "an unknown topic",
      "CreateReceiptRule",
      { ...rule, ...S3, "Rule.Actions.member.1.S3Action.TopicArn": `${TOPIC}-none` },
      "InvalidSnsTopic",
    ],
    [
      "a bucket that is none",
      "CreateReceiptRule",
      { ...rule, "Rule.Actions.member.1.S3Action.BucketName": "A/b" },
      "InvalidS3Configuration",
    ],
    [
      "encryption nobody could undo",
      "CreateReceiptRule",
      { ...rule, ...S3, "Rule.Actions.member.1.S3Action.KmsKeyArn": "arn:aws:kms:x" },
      "InvalidS3Configuration",
    ],
    [
      "a function",
      "CreateReceiptRule",
      { ...rule, "Rule.Actions.member.1.LambdaAction.FunctionArn": "arn:aws:lambda:x" },
      "InvalidLambdaFunction",
    ],
    [
      "an action that is not played",
      "CreateReceiptRule",
      { ...rule, "Rule.Actions.member.1.BounceAction.Message": "no" },
      "ValidationError",
    ],
    [
      "two actions in one",
      "CreateReceiptRule",
      { ...rule, ...S3, "Rule.Actions.member.1.StopAction.Scope": "RuleSet" },
      "ValidationError",
    ],
    [
      "a recipient that is none",
      "CreateReceiptRule",
      { ...rule, ...S3, "Rule.Recipients.member.1": "a b" },
      "ValidationError",
    ],
    ["501 recipients", "CreateReceiptRule", { ...rule, ...S3, ...recipients(501) }, "LimitExceeded"],
    ["an action there is not", "CloneReceiptRuleSet", { RuleSetName: "x" }, "InvalidAction"],
  ];
  test.each(rows)("%s", async (_, action, form, expected) => {
    await ask("CreateReceiptRuleSet", { RuleSetName: "refusals" });
    await ask("CreateReceiptRule", { RuleSetName: "refusals", "Rule.Name": "there", ...S3 });
    expect(code(await ask(action, form))).toEqual([400, expected]);
  });

  test("a forty-first set, an eleventh action, a two-hundred-and-first rule", async () => {
    const full = querying(await startSandbox());
    for (let n = 1; n < 40; n += 1) await full("CreateReceiptRuleSet", { RuleSetName: `s${n}` });
    expect(code(await full("CreateReceiptRuleSet", { RuleSetName: "s40" }))).toEqual([400, "LimitExceeded"]);
    const actions = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [
        `Rule.Actions.member.${index + 1}.StopAction.Scope`,
        "RuleSet",
      ]),
    );
    const stopping = { RuleSetName: "s1", "Rule.Name": "many", ...actions };
    expect(code(await full("CreateReceiptRule", stopping))).toEqual([400, "LimitExceeded"]);
    const create = (n: number) => full("CreateReceiptRule", { RuleSetName: "s1", "Rule.Name": `r${n}` });
    for (let n = 1; n <= 200; n += 1) await create(n);
    expect(code(await create(201))).toEqual([400, "LimitExceeded"]);
  });

  test("more than a call a second, and a bad signature", async () => {
    await sandbox.control.setFaults({ ses: { throttle_per_second: 0.01 } });
    expect((await ask("ListReceiptRuleSets")).status).toBe(200);
    expect(code(await ask("ListReceiptRuleSets"))).toEqual([400, "Throttling"]);
    await sandbox.control.clearFaults();
    const unsigned = await fetch(sandbox.aws.endpoints.ses, {
      method: "POST",
      body: "Action=ListReceiptRuleSets",
    });
    expect(unsigned.status).toBe(403);
  });
});

test("what was made and deleted outlasts a restart, the rule of the start included", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "sandbox-"));
  afterAll(() => rm(dataDir, { recursive: true, force: true }));
  const first = await startSandbox({ dataDir });
  await querying(first)("DeleteReceiptRule", { RuleSetName: "sandbox", RuleName: "catch-all" });
  await first.stop();
  const second = await startSandbox({ dataDir });
  const { xml } = await querying(second)("DescribeActiveReceiptRuleSet");
  expect(all(xml, "Name")).toEqual(["sandbox"]);
});
