// A receipt rule as SES v1's forms write it and its answers show it. SES API reference (2010-12-01), "ReceiptRule". The
// actions S3, SNS and Stop are played; rules with others are refused rather than half obeyed.
import { AwsError } from "../aws-error.ts";
import type { ReceiptAction, ReceiptRule } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { element } from "../xml.ts";

/** SES: "letters, numbers, underscores, dashes or periods; start and end with a letter or number; 64 or fewer". */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$/;
const ACTIONS_MAX = 10;
const RECIPIENTS_MAX = 500;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** An address, a domain, or a dot and a domain: all that is below it. */
const RECIPIENT = /^(?:[^\s@]{1,64}@|\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;
const NOT_PLAYED = ["AddHeaderAction", "BounceAction", "ConnectAction", "LambdaAction", "WorkmailAction"];

export const validationError = (member: string, constraint: string): AwsError =>
  new AwsError(
    400,
    "ValidationError",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  );

/** The name given as this parameter; throws what SES answers to a bad one. */
export function nameIn(form: URLSearchParams, parameter: string): string {
  const name = form.get(parameter);
  if (name === null) throw validationError(parameter, "Member must not be null");
  if (!NAME.test(name))
    throw validationError(parameter, `Member must satisfy regular expression ${NAME.source}`);
  return name;
}

/** The rule in `Rule.*`; topics and buckets it names must be there. */
export function readRule(sandbox: Sandbox, form: URLSearchParams): ReceiptRule {
  const recipients = membersOf(form, "Rule.Recipients", RECIPIENTS_MAX).map((at) => form.get(at) ?? "");
  const bad = recipients.find((recipient) => !RECIPIENT.test(recipient));
  if (bad !== undefined) throw validationError("Rule.Recipients", `not an address or a domain: ${bad}`);
  const tlsPolicy = form.get("Rule.TlsPolicy") ?? "Optional";
  if (tlsPolicy !== "Optional" && tlsPolicy !== "Require") {
    throw validationError("Rule.TlsPolicy", "Member must satisfy enum value set: [Require, Optional]");
  }
  return {
    name: nameIn(form, "Rule.Name"),
    // Off, both of them, unless they are asked for.
    enabled: form.get("Rule.Enabled") === "true",
    scanEnabled: form.get("Rule.ScanEnabled") === "true",
    tlsPolicy,
    recipients,
    actions: membersOf(form, "Rule.Actions", ACTIONS_MAX).map((at) => readAction(sandbox, form, at)),
  };
}

/** `{list}.member.1` and on, as far as parameters begin so. */
function membersOf(form: URLSearchParams, list: string, countMax: number): readonly string[] {
  const names = [...form.keys()];
  const found: string[] = [];
  for (let n = 1; ; n += 1) {
    const at = `${list}.member.${n}`;
    if (!names.some((name) => name === at || name.startsWith(`${at}.`))) return found;
    if (n > countMax) throw new AwsError(400, "LimitExceeded", `${list}: at most ${countMax}`);
    found.push(at);
  }
}

function readAction(sandbox: Sandbox, form: URLSearchParams, at: string): ReceiptAction {
  const kinds = new Set(
    [...form.keys()].filter((name) => name.startsWith(`${at}.`)).map((name) => name.split(".")[4] ?? ""),
  );
  const [kind] = kinds;
  if (kinds.size !== 1) throw validationError(at, "exactly one action");
  const value = (member: string): string | null => form.get(`${at}.${kind}.${member}`) || null;
  const topicArn = knownTopic(sandbox, value("TopicArn"));
  switch (kind) {
    case "S3Action": {
      const bucketName = value("BucketName") ?? "";
      // Every bucket exists here; what is encrypted for a client nobody could read without AWS's own.
      if (!BUCKET.test(bucketName) || value("KmsKeyArn") !== null) {
        throw new AwsError(400, "InvalidS3Configuration", `Could not write to bucket: ${bucketName}`);
      }
      return { kind, bucketName, objectKeyPrefix: value("ObjectKeyPrefix") ?? "", topicArn };
    }
    case "SNSAction":
      if (topicArn === null) throw validationError(`${at}.SNSAction.TopicArn`, "Member must not be null");
      return { kind, topicArn, encoding: value("Encoding") === "Base64" ? "Base64" : "UTF-8" };
    case "StopAction":
      if (value("Scope") !== "RuleSet") {
        throw validationError(`${at}.StopAction.Scope`, "Member must satisfy enum value set: [RuleSet]");
      }
      return { kind, topicArn };
    default:
      if (!NOT_PLAYED.includes(kind ?? "")) throw validationError(at, "exactly one action");
      throw kind === "LambdaAction"
        ? new AwsError(400, "InvalidLambdaFunction", "The sandbox runs no functions.")
        : validationError(at, `the sandbox does not play ${kind}`);
  }
}

function knownTopic(sandbox: Sandbox, arn: string | null): string | null {
  if (arn === null || sandbox.records.topics.has(arn)) return arn;
  throw new AwsError(400, "InvalidSnsTopic", `Invalid SNS topic: ${arn}`);
}

/** `<member>` of a list of rules, or what is in `<Rule>`. */
export const ruleXml = (rule: ReceiptRule): string =>
  element("Name", rule.name) +
  element("Enabled", rule.enabled) +
  element("TlsPolicy", rule.tlsPolicy) +
  element("ScanEnabled", rule.scanEnabled) +
  `<Recipients>${rule.recipients.map((one) => element("member", one)).join("")}</Recipients>` +
  `<Actions>${rule.actions.map((one) => `<member>${actionXml(one)}</member>`).join("")}</Actions>`;

function actionXml(action: ReceiptAction): string {
  const topic = action.topicArn === null ? "" : element("TopicArn", action.topicArn);
  return `<${action.kind}>${ownMembers(action)}${topic}</${action.kind}>`;
}

function ownMembers(action: ReceiptAction): string {
  switch (action.kind) {
    case "S3Action":
      return element("BucketName", action.bucketName) + element("ObjectKeyPrefix", action.objectKeyPrefix);
    case "SNSAction":
      return element("Encoding", action.encoding);
    case "StopAction":
      return element("Scope", "RuleSet");
  }
}
