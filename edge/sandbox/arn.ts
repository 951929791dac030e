// The names AWS gives to the sandbox's objects, and reading them back. See AWS: "Amazon Resource Names (ARNs)".
import { SANDBOX_ACCOUNT_ID, SANDBOX_REGION } from "./endpoints.ts";

const arn = (service: "ses" | "sns", rest: string): string =>
  `arn:aws:${service}:${SANDBOX_REGION}:${SANDBOX_ACCOUNT_ID}:${rest}`;

export const identityArn = (name: string): string => arn("ses", `identity/${name}`);
export const configurationSetArn = (name: string): string => arn("ses", `configuration-set/${name}`);
export const tenantArn = (name: string, id: string): string => arn("ses", `tenant/${name}/${id}`);
export const topicArn = (name: string): string => arn("sns", name);

export type SesResource = { readonly type: string; readonly name: string };

/** Type and name of an SES object of this account and region (`tenant` without its id), else null. */
export function parseSesArn(text: string): SesResource | null {
  const prefix = arn("ses", "");
  if (!text.startsWith(prefix)) return null;
  const [type, name] = text.slice(prefix.length).split("/", 2);
  return type === undefined || name === undefined || name === "" ? null : { type, name };
}
