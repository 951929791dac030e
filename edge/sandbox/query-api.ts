// AWS's Query protocol, which SNS and SES v1 speak: a form with Action and Version, XML back. Lists and maps are
// flattened to `Name.member.N` and `Name.entry.N.key`/`.value`.
import { AwsError } from "./aws-error.ts";
import { answerCall } from "./provider-call.ts";
import { readBody } from "./request-body.ts";
import type { Sandbox } from "./sandbox.ts";
import { element, xmlResponse } from "./xml.ts";

/** SNS publishes at most 256 KiB; with its encoding as a form, three times that. */
const FORM_BYTES_MAX = 1_048_576;

/**
 * Takes the form, and the name by which the sandbox was called; answers the XML inside `{Action}Result`, or null where the
 * action has no result.
 */
export type QueryAction = (sandbox: Sandbox, form: URLSearchParams, hostname: string) => string | null;
export type QueryService = {
  readonly service: "ses" | "sns";
  readonly version: string;
  readonly namespace: string;
  readonly actions: Readonly<Record<string, QueryAction>>;
  /** Actions that a link may call by GET, without a signature. */
  readonly linkActions: Readonly<Record<string, QueryAction>>;
};

export async function answerQuery(
  sandbox: Sandbox,
  service: QueryService,
  request: Request,
): Promise<Response> {
  const isLink = request.method === "GET" && !request.headers.has("authorization");
  const body = await readBody(request, FORM_BYTES_MAX);
  const form = isLink
    ? new URL(request.url).searchParams
    : new URLSearchParams(new TextDecoder().decode(body?.bytes));
  const operation = form.get("Action") ?? "";
  const actions = isLink ? service.linkActions : service.actions;
  return answerCall(
    sandbox,
    {
      service: service.service,
      operation,
      dialect: "query",
      request,
      body,
      isUnsigned: isLink && Object.hasOwn(actions, operation),
      toResponse: (error) => errorXml(service, error),
    },
    () => {
      const action = Object.hasOwn(actions, operation) ? actions[operation] : undefined;
      if (action === undefined) {
        const message = `Could not find operation ${operation} for version ${service.version}`;
        throw new AwsError(400, "InvalidAction", message);
      }
      return resultXml(service, operation, action(sandbox, form, new URL(request.url).hostname));
    },
  );
}

/** The value, or the refusal that names the parameter. */
export function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === "") {
    throw new AwsError(400, "InvalidParameter", `Invalid parameter: ${name} must not be empty`);
  }
  return value;
}

/** `{name}.entry.N.key` and `.value` as an object. */
export function entries(form: URLSearchParams, name: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (let n = 1; form.has(`${name}.entry.${n}.key`); n += 1) {
    found[form.get(`${name}.entry.${n}.key`) ?? ""] = form.get(`${name}.entry.${n}.value`) ?? "";
  }
  return found;
}

const metadata = (): string =>
  `<ResponseMetadata>${element("RequestId", crypto.randomUUID())}</ResponseMetadata>`;

function resultXml(service: QueryService, operation: string, result: string | null): Response {
  const inner = result === null ? "" : `<${operation}Result>${result}</${operation}Result>`;
  return xmlResponse(
    200,
    `<${operation}Response xmlns="${service.namespace}">${inner}${metadata()}</${operation}Response>`,
  );
}

function errorXml(service: QueryService, error: AwsError): Response {
  const fault = element("Type", error.status >= 500 ? "Receiver" : "Sender");
  const inner = `<Error>${fault}${element("Code", error.code)}${element("Message", error.message)}</Error>`;
  return xmlResponse(
    error.status,
    `<ErrorResponse xmlns="${service.namespace}">${inner}${element("RequestId", crypto.randomUUID())}</ErrorResponse>`,
  );
}
