// Receipt rule sets and their rules, as SES v1's Query API makes, orders and shows them (API version 2010-12-01, "Email
// receiving"). One set is active for the account and region, or none: then nothing is received. No IP filters, no
// CloneReceiptRuleSet.
import { AwsError } from "../aws-error.ts";
import type { QueryAction } from "../query-api.ts";
import type { ReceiptRule, ReceiptRuleSetRecord } from "../records.ts";
import type { Sandbox } from "../sandbox.ts";
import { element } from "../xml.ts";
import { activeRuleSet, RECEIVING_RECORD_ID } from "./matching-rules.ts";
import { probeRule } from "./receipt-actions.ts";
import { nameIn, readRule, ruleXml } from "./receipt-rule-form.ts";

/** SES: 40 rule sets an account, 200 rules a set. */
const RULE_SETS_MAX = 40;
const RULES_MAX = 200;

const refusal = (code: string, message: string): AwsError => new AwsError(400, code, message);

/** Once, in a sandbox that has no state yet; what is deleted later stays deleted. */
export function startReceiving(sandbox: Sandbox, rule: ReceiptRule): void {
  const { receiptRuleSets, receiving } = sandbox.records;
  if (receiving.has(RECEIVING_RECORD_ID)) return;
  sandbox.store.transaction(() => {
    const name = "sandbox";
    receiptRuleSets.put(name, { name, createdAt: sandbox.clock(), rules: [rule] });
    receiving.put(RECEIVING_RECORD_ID, { activeRuleSet: name });
    probeRule(sandbox, rule);
  });
}

const createReceiptRuleSet: QueryAction = (sandbox, form) => {
  const name = nameIn(form, "RuleSetName");
  const { receiptRuleSets } = sandbox.records;
  if (receiptRuleSets.has(name)) throw refusal("AlreadyExists", `Rule set already exists: ${name}`);
  if (receiptRuleSets.count() >= RULE_SETS_MAX) throw refusal("LimitExceeded", "Too many rule sets");
  receiptRuleSets.put(name, { name, createdAt: sandbox.clock(), rules: [] });
  return "";
};

const deleteReceiptRuleSet: QueryAction = (sandbox, form) => {
  const name = nameIn(form, "RuleSetName");
  if (activeRuleSet(sandbox)?.name === name) {
    throw refusal("CannotDelete", `Cannot delete active rule set: ${name}`);
  }
  sandbox.records.receiptRuleSets.delete(name);
  return "";
};

const setActiveReceiptRuleSet: QueryAction = (sandbox, form) => {
  // Without a name receiving is off.
  const set = form.has("RuleSetName") ? namedSet(sandbox, form) : null;
  sandbox.records.receiving.put(RECEIVING_RECORD_ID, { activeRuleSet: set?.name ?? null });
  return "";
};

const describeActiveReceiptRuleSet: QueryAction = (sandbox) => {
  const set = activeRuleSet(sandbox);
  return set === null ? "" : ruleSetXml(set);
};

const describeReceiptRuleSet: QueryAction = (sandbox, form) => ruleSetXml(namedSet(sandbox, form));

// Forty fit on SES's first page of a hundred.
const listReceiptRuleSets: QueryAction = (sandbox) => {
  const sets = sandbox.records.receiptRuleSets.list();
  return `<RuleSets>${sets.map((set) => `<member>${metadataXml(set)}</member>`).join("")}</RuleSets>`;
};

const createReceiptRule: QueryAction = (sandbox, form) => {
  const set = namedSet(sandbox, form);
  const rule = readRule(sandbox, form);
  if (set.rules.some(({ name }) => name === rule.name)) {
    throw refusal("AlreadyExists", `Rule already exists: ${rule.name}`);
  }
  if (set.rules.length >= RULES_MAX) throw refusal("LimitExceeded", "Too many rules in the rule set");
  putRules(sandbox, set, inserted(set.rules, rule, form));
  probeRule(sandbox, rule);
  return "";
};

const updateReceiptRule: QueryAction = (sandbox, form) => {
  const set = namedSet(sandbox, form);
  const rule = readRule(sandbox, form);
  ruleOf(set, rule.name);
  putRules(
    sandbox,
    set,
    set.rules.map((one) => (one.name === rule.name ? rule : one)),
  );
  probeRule(sandbox, rule);
  return "";
};

const deleteReceiptRule: QueryAction = (sandbox, form) => {
  const set = namedSet(sandbox, form);
  const name = nameIn(form, "RuleName");
  putRules(sandbox, set, without(set.rules, name));
  return "";
};

const setReceiptRulePosition: QueryAction = (sandbox, form) => {
  const set = namedSet(sandbox, form);
  const rule = ruleOf(set, nameIn(form, "RuleName"));
  putRules(sandbox, set, inserted(without(set.rules, rule.name), rule, form));
  return "";
};

const reorderReceiptRuleSet: QueryAction = (sandbox, form) => {
  const set = namedSet(sandbox, form);
  const names: string[] = [];
  for (let n = 1; form.has(`RuleNames.member.${n}`); n += 1)
    names.push(nameIn(form, `RuleNames.member.${n}`));
  const rules = names.map((name) => ruleOf(set, name));
  // "All of the rules in the rule set must be represented in this request."
  const missing = set.rules.find(({ name }) => !names.includes(name));
  if (missing !== undefined || new Set(names).size < names.length) {
    throw refusal(
      "ValidationError",
      `RuleNames must name each rule once; ${missing?.name ?? "one"} is wrong`,
    );
  }
  putRules(sandbox, set, rules);
  return "";
};

export const RECEIPT_RULE_ACTIONS: Readonly<Record<string, QueryAction>> = {
  CreateReceiptRuleSet: createReceiptRuleSet,
  DeleteReceiptRuleSet: deleteReceiptRuleSet,
  SetActiveReceiptRuleSet: setActiveReceiptRuleSet,
  DescribeActiveReceiptRuleSet: describeActiveReceiptRuleSet,
  DescribeReceiptRuleSet: describeReceiptRuleSet,
  ListReceiptRuleSets: listReceiptRuleSets,
  CreateReceiptRule: createReceiptRule,
  UpdateReceiptRule: updateReceiptRule,
  DeleteReceiptRule: deleteReceiptRule,
  SetReceiptRulePosition: setReceiptRulePosition,
  ReorderReceiptRuleSet: reorderReceiptRuleSet,
};

function namedSet(sandbox: Sandbox, form: URLSearchParams): ReceiptRuleSetRecord {
  const name = nameIn(form, "RuleSetName");
  const set = sandbox.records.receiptRuleSets.get(name);
  if (set === null) throw refusal("RuleSetDoesNotExist", `Rule set does not exist: ${name}`);
  return set;
}

function ruleOf(set: ReceiptRuleSetRecord, name: string): ReceiptRule {
  const rule = set.rules.find((one) => one.name === name);
  if (rule === undefined) throw refusal("RuleDoesNotExist", `Rule does not exist: ${name}`);
  return rule;
}

const without = (rules: readonly ReceiptRule[], name: string): readonly ReceiptRule[] =>
  rules.filter((one) => one.name !== name);

/** After the rule named in `After`; without it, first. */
function inserted(
  rules: readonly ReceiptRule[],
  rule: ReceiptRule,
  form: URLSearchParams,
): readonly ReceiptRule[] {
  if (!form.has("After")) return [rule, ...rules];
  const after = nameIn(form, "After");
  const at = rules.findIndex(({ name }) => name === after);
  if (at < 0) throw refusal("RuleDoesNotExist", `Rule does not exist: ${after}`);
  return rules.toSpliced(at + 1, 0, rule);
}

const putRules = (sandbox: Sandbox, set: ReceiptRuleSetRecord, rules: readonly ReceiptRule[]): void =>
  sandbox.records.receiptRuleSets.put(set.name, { ...set, rules });

const metadataXml = (set: ReceiptRuleSetRecord): string =>
  element("Name", set.name) + element("CreatedTimestamp", new Date(set.createdAt).toISOString());

const ruleSetXml = (set: ReceiptRuleSetRecord): string =>
  `<Metadata>${metadataXml(set)}</Metadata>` +
  `<Rules>${set.rules.map((rule) => `<member>${ruleXml(rule)}</member>`).join("")}</Rules>`;
