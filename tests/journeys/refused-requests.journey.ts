// Requests that are no proper requests, whatever they ask for: broken bodies, wrong content types, unknown members and
// parameters, ids that are none.
import type { ApiAnswer } from "../support/api-client.ts";
import { asMultipart, multipartBody, type MultipartBody } from "../support/multipart-body.ts";
import { assertRefused, type RefusalRow } from "../support/refusals.ts";
import type { Journey } from "../support/world.ts";
import { inhabit } from "./inhabit.ts";
import { OPERATIONS } from "./operations.ts";

const JSON_TYPE = { "content-type": "application/json" };
const MALFORMED_JSON = { status: 400, code: "malformed_json" };
const MALFORMED_FORM = { status: 400, code: "malformed_multipart" };
const UNSUPPORTED = { status: 415, code: "unsupported_media_type" };
const INVALID = { status: 422, code: "validation_failed" };

/** Paths with ids, and what an unknown one is answered with. */
const ID_KINDS = {
  setupId: "setup_not_found",
  useCaseId: "use_case_not_found",
  emailId: "email_not_found",
  inboundId: "inbound_email_not_found",
  threadId: "thread_not_found",
  twilioSetupId: "twilio_setup_not_found",
  voiceUseCaseId: "use_case_not_found",
  phoneNumberId: "phone_number_not_found",
} as const;

export const journeys: readonly Journey[] = [
  {
    name: "bodies that are no JSON, and JSON that is no object",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { target } = await inhabit(workspace);
      const bodies: readonly (readonly [name: string, body: string | Uint8Array<ArrayBuffer>])[] = [
        ["nothing", ""],
        ["a cut object", '{"tenant_name":'],
        ["a trailing comma", '{"tenant_name":"a",}'],
        ["two objects", "{}{}"],
        ["octets that are no UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
        ["a form", "tenant_name=a"],
      ];
      const rows = OPERATIONS.filter(
        ({ method, name }) => method === "POST" && !/verify|send|resume/.test(name),
      ).flatMap((operation) => {
        const api = operation.permission === null ? world.operator : workspace.api;
        const path = operation.path(target);
        const post = (body: string | Uint8Array<ArrayBuffer>, type: string) => (): Promise<ApiAnswer> =>
          api.call("POST", path, { body, headers: { "content-type": type } });
        return [
          ...bodies.map(([name, body]): RefusalRow => ({
            name: `${operation.name}: ${name}`,
            ask: post(body, "application/json"),
            ...MALFORMED_JSON,
          })),
          { name: `${operation.name}: text`, ask: post("{}", "text/plain"), ...UNSUPPORTED },
          {
            name: `${operation.name}: a form`,
            ask: post("{}", "multipart/form-data; boundary=x"),
            ...UNSUPPORTED,
          },
          { name: `${operation.name}: an array`, ask: post("[]", "application/json"), ...INVALID },
          { name: `${operation.name}: null`, ask: post("null", "application/json"), ...INVALID },
          {
            name: `${operation.name}: more than 64 KB`,
            ask: post(JSON.stringify({ name: "x".repeat(70_000) }), "application/json"),
            status: 413,
            code: "body_too_large",
          },
        ];
      });
      rows.push({
        name: "no content type at all",
        ask: () => workspace.api.call("POST", "/v1/ses-setup", { body: new Uint8Array([0x7b, 0x7d]) }),
        ...UNSUPPORTED,
      });
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "members and parameters that nobody knows",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { target } = await inhabit(workspace);
      const rows = OPERATIONS.flatMap((operation): RefusalRow[] => {
        const api = operation.permission === null ? world.operator : workspace.api;
        const path = operation.path(target);
        const request = operation.request?.(target) ?? {};
        const withParameter: RefusalRow = {
          name: `${operation.name} with a parameter nobody knows`,
          ask: () =>
            api.call(operation.method, `${path}${path.includes("?") ? "&" : "?"}colour=red`, {
              ...request,
              headers: { "workspace-id": workspace.id },
            }),
          ...INVALID,
          pointer: "colour",
        };
        if (typeof request.json !== "object") return [withParameter];
        const json = { ...request.json, colour: "red" };
        return [
          withParameter,
          {
            name: `${operation.name} with a member nobody knows`,
            ask: () => api.call(operation.method, path, { json, headers: { "workspace-id": workspace.id } }),
            ...INVALID,
            pointer: "/colour",
          },
        ];
      });
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "ids that are none: 404 in a path, as for an unknown one, 422 in a query or body",
    async run(world) {
      const workspace = await world.newWorkspace();
      const { api, path } = workspace;
      const { target } = await inhabit(workspace);
      const badIds = [
        "1",
        "me",
        `${target.setupId}0`,
        target.setupId.replaceAll("-", ""),
        `{${target.setupId}}`,
        "%00",
        "..%2f..",
        "'--",
        "0".repeat(3_000),
      ];
      const rows: RefusalRow[] = [];
      for (const [kind, code] of Object.entries(ID_KINDS))
        for (const id of [crypto.randomUUID(), ...badIds])
          for (const operation of OPERATIONS.filter(
            (one) =>
              one.refersTo.includes(kind as keyof typeof ID_KINDS) &&
              !/POST .*(?:use-case|suppression|auth-token)|send|\?|=/.test(one.name),
          )) {
            const asked = operation.path({ ...target, [kind]: id });
            if (asked.includes("?")) continue;
            rows.push({
              name: `${operation.name} of ${id.slice(0, 50)}`,
              ask: () => api.call(operation.method, asked),
              status: 404,
              code,
            });
          }
      for (const id of ["1", "", `${target.setupId}0`]) {
        const query = (ending: string, name: string): RefusalRow => ({
          name: `${name}=${id} at ${ending}`,
          ask: () => api.call("GET", path(`${ending}${ending.includes("?") ? "&" : "?"}${name}=${id}`)),
          ...INVALID,
          pointer: name,
        });
        rows.push(
          query("/email", "use_case_id"),
          query("/email", "setup_id"),
          query("/email/event", "use_case_id"),
          query("/email/event", "setup_id"),
          query("/email/inbound", "use_case_id"),
          query("/email/inbound", "setup_id"),
          query(`/email/inbound?setup_id=${target.setupId}`, "thread_id"),
          query("/channels/use-case", "ses_setup_id"),
          query("/channels/use-case", "twilio_setup_id"),
        );
      }
      rows.push({
        name: "one of several email_id",
        ask: () =>
          api.call(
            "GET",
            path(`/email/event?setup_id=${target.setupId}&email_id=${target.emailId}&email_id=x`),
          ),
        ...INVALID,
        pointer: "email_id.1",
      });
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "forms that are none",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, useCase } = sender;
      const field = (name: string, value: string): string =>
        `--{boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
      const good = [
        field("use_case_id", useCase.id),
        field("to_address", "pat@example.org"),
        field("subject", "S"),
        field("body_html", "<p>b</p>"),
      ].join("");
      const broken: readonly (readonly [name: string, form: MultipartBody])[] = [
        ["no closing boundary", asMultipart([good])],
        ["cut inside a part", asMultipart([good, "--{boundary}\r\nContent-Disposition: form-data; name="])],
        [
          "another boundary than the one named",
          asMultipart([good.replaceAll("{boundary}", "other"), "--other--\r\n"]),
        ],
        ["nothing at all", asMultipart([])],
        [
          "a part without a name",
          asMultipart([good, "--{boundary}\r\nContent-Type: text/plain\r\n\r\nx\r\n--{boundary}--\r\n"]),
        ],
        [
          "a part without a blank line",
          asMultipart([
            good,
            '--{boundary}\r\nContent-Disposition: form-data; name="x"\r\n--{boundary}--\r\n',
          ]),
        ],
        [
          "the same header twice",
          asMultipart([
            good,
            '--{boundary}\r\nContent-Disposition: form-data; name="body_text"\r\n',
            'Content-Disposition: form-data; name="subject"\r\n\r\nx\r\n--{boundary}--\r\n',
          ]),
        ],
        [
          "a transfer encoding",
          multipartBody([
            { name: "body_text", value: "eA==", headers: ["Content-Transfer-Encoding: base64"] },
          ]),
        ],
        [
          "a field that is no UTF-8",
          multipartBody([{ name: "subject", value: new Uint8Array([0xff, 0xfe]) }]),
        ],
        [
          "more parts than any form of ours has",
          multipartBody(Array.from({ length: 40 }, (_, index) => ({ name: `f${index}`, value: "x" }))),
        ],
        [
          "endless part headers",
          multipartBody([{ name: "subject", value: "S", headers: [`X-Long: ${"x".repeat(20_000)}`] }]),
        ],
      ];
      const post = (form: MultipartBody) => (): Promise<ApiAnswer> =>
        workspace.api.call("POST", sender.sendPath, form);
      const rows: RefusalRow[] = broken.map(([name, form]) => ({ name, ask: post(form), ...MALFORMED_FORM }));
      const typed = (type: string, body: string) => (): Promise<ApiAnswer> =>
        workspace.api.call("POST", sender.sendPath, { body, headers: { "content-type": type } });
      rows.push(
        { name: "no boundary", ask: typed("multipart/form-data", "--x--"), ...MALFORMED_FORM },
        { name: "JSON", ask: typed(JSON_TYPE["content-type"], "{}"), ...UNSUPPORTED },
        { name: "another multipart", ask: typed("multipart/mixed; boundary=x", "--x--"), ...UNSUPPORTED },
        {
          name: "urlencoded",
          ask: typed("application/x-www-form-urlencoded", `use_case_id=${useCase.id}`),
          ...UNSUPPORTED,
        },
      );
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "addresses that are none",
    async run(world) {
      const workspace = await world.newWorkspace();
      const nothing = { status: 404, code: "not_found" };
      const call = (method: string, path: string) => (): Promise<ApiAnswer> =>
        workspace.api.call(method, path);
      await assertRefused(workspace, [
        { name: "the root of the API", ask: call("GET", "/v1"), ...nothing },
        { name: "an unknown resource", ask: call("GET", workspace.path("/emails")), ...nothing },
        { name: "a method an operation does not have", ask: call("PUT", "/v1/ses-setup"), ...nothing },
        {
          name: "PATCH of an e-mail",
          ask: call("PATCH", workspace.path(`/email/${crypto.randomUUID()}`)),
          ...nothing,
        },
      ]);
    },
  },
];
