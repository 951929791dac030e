// What AWS says when it says no. SES v2 answers JSON with the type in a header; SNS and S3 answer XML.
// Messages are for logs and for `detail`: they are cut, and stripped of controls, before anyone sees them.
import type { BoundedAnswer } from "../system/bounded-fetch.ts";
import { asText, parseJsonObject } from "../system/json.ts";
import { xmlElement } from "./xml.ts";

export type AwsError = {
  readonly status: number;
  /** Without namespace and URI, such as `NotFoundException`; null when the answer named none: a proxy's, say. */
  readonly type: string | null;
  /** Empty when there was none. */
  readonly message: string;
};

/** Enough for SES's longest, a list of two ARNs. */
const MESSAGE_CHARACTERS_MAX = 500;
const TYPE = /^[A-Za-z][A-Za-z0-9.]{0,99}$/;

/** An error of a rest-json service. Header first, then `code`, then `__type`, as the SDKs read it. */
export function readJsonError(answer: BoundedAnswer): AwsError {
  const body = parseJsonObject(new TextDecoder().decode(answer.body));
  const named = answer.headers.get("x-amzn-errortype") ?? text(body?.code) ?? text(body?.__type);
  // 403s come with a capital M; some errors have neither member, or null.
  const message = text(body?.message) ?? text(body?.Message) ?? "";
  return { status: answer.status, type: named === null ? null : bareType(named), message: shown(message) };
}

/** An error of a query service or of S3. The elements wanted are the first of their name in either shape. */
export function readXmlError(answer: BoundedAnswer): AwsError {
  const body = new TextDecoder().decode(answer.body);
  const type = xmlElement(body, "Code");
  return {
    status: answer.status,
    type: type && bareType(type),
    message: shown(xmlElement(body, "Message") ?? ""),
  };
}

const text = (value: unknown): string | null => asText(value, Number.POSITIVE_INFINITY);

/** `ns#Name:http://...` and `Name,more` to `Name`: cut at the first comma, then at the first colon, then after the hash. */
function bareType(named: string): string | null {
  const [beforeComma = ""] = named.split(",");
  const [beforeColon = ""] = beforeComma.split(":");
  const bare = beforeColon.slice(beforeColon.indexOf("#") + 1).trim();
  return TYPE.test(bare) ? bare : null;
}

const shown = (message: string): string =>
  // oxlint-disable-next-line no-control-regex -- stripping them is the point
  message.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, MESSAGE_CHARACTERS_MAX);
