// What Twilio posts about a call: taken when it is signed with the account's token over the address that Twilio was given
// and everything in it, once; refused in whatever else it differs.
import assert from "node:assert/strict";
import type { ApiAnswer } from "../support/api-client.ts";
import { assertProblem } from "../support/refusals.ts";
import { signWebhook, type WebhookParameters } from "../support/twilio-samples.ts";
import { hookUrl, newVoiceLine, numbersOf, type VoiceLine } from "../support/voice.ts";
import type { Journey } from "../support/world.ts";

const REFUSED = { status: 403, code: "webhook_refused" };
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';
const FORM = "application/x-www-form-urlencoded";

const newCallSid = (): string => `CA${crypto.randomUUID().replaceAll("-", "")}`;

const formOf = (parameters: WebhookParameters): string => {
  const form = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters))
    for (const value of [values].flat()) form.append(name, value);
  return form.toString();
};

/** The parameters of a call to a line. */
const callOf = ({ account, number }: VoiceLine, change: WebhookParameters = {}): WebhookParameters => ({
  AccountSid: account.accountSid,
  ApiVersion: "2010-04-01",
  CallSid: newCallSid(),
  CallStatus: "ringing",
  Direction: "inbound",
  From: "+15550001111",
  To: number.phone_number,
  CallerCity: "",
  ...change,
});

type Post = {
  readonly url: string;
  readonly parameters: WebhookParameters;
  /** Null: none is sent. */
  readonly signature: string | null;
  readonly headers?: Readonly<Record<string, string>>;
};

const post = ({ workspace }: VoiceLine, { url, parameters, signature, headers }: Post): Promise<ApiAnswer> =>
  workspace.world.anonymous.call("POST", url, {
    body: formOf(parameters),
    headers: {
      "content-type": FORM,
      ...(signature === null ? {} : { "x-twilio-signature": signature }),
      ...headers,
    },
  });

const lastWebhookAt = async ({ workspace, useCase }: VoiceLine): Promise<string | null> =>
  (await numbersOf(workspace, useCase))[0]?.last_webhook_at ?? null;

function assertTaken(answer: ApiAnswer): void {
  assert.deepEqual([answer.status, answer.text], [200, EMPTY_TWIML]);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/xml\b/);
}

export const journeys: readonly Journey[] = [
  {
    name: "a call to an assigned number: both webhooks are taken, and a replay of either changes nothing",
    async run(world) {
      const line = await newVoiceLine(await world.newWorkspace());
      assert.equal(await lastWebhookAt(line), null);
      const { webhooks } = await world.sandbox.callPhoneNumber(line.number.phone_number_sid);
      assert.deepEqual(
        webhooks.map(({ kind, url, status, body }) => [kind, url, status, body]),
        (["voice", "status"] as const).map((kind) => [
          kind,
          hookUrl(world, line.useCase, kind),
          200,
          EMPTY_TWIML,
        ]),
      );
      const seen = await lastWebhookAt(line);
      assert.ok(seen !== null);
      for (const { url, parameters, signature } of [...webhooks, ...webhooks])
        assertTaken(await post(line, { url, parameters, signature }));
      assert.equal(await lastWebhookAt(line), seen);
    },
  },
  {
    name: "webhooks: signed right and wrong",
    async run(world) {
      const line = await newVoiceLine(await world.newWorkspace());
      const stranger = await newVoiceLine(await world.newWorkspace());
      const { authToken } = line.account;
      const url = hookUrl(world, line.useCase, "voice");
      const { protocol, host, hostname, port, pathname } = new URL(url);
      const sign = async (
        signed: string,
        change: WebhookParameters = {},
        token = authToken,
      ): Promise<Post> => {
        const parameters = callOf(line, change);
        return { url, parameters, signature: await signWebhook(token, signed, parameters) };
      };
      const genuine = await sign(url);
      const withQuery = `${url}?menu=1&menu=%7E&b=%20+&empty`;
      const taken: readonly (readonly [name: string, post: Post])[] = [
        ["as Twilio posts it", genuine],
        ["signed without the port", await sign(`${protocol}//${hostname}${pathname}`)],
        ["a parameter more than usual", await sign(url, { StirVerstat: "TN-Validation-Passed-A" })],
        ["a parameter twice, its values out of order", await sign(url, { Digits: ["2", "1", "2"] })],
        ["a query, as it was sent", { ...(await sign(withQuery)), url: withQuery }],
        ["values with every kind of character", await sign(url, { CallerName: "Ä & = + % 日本\n" })],
        [
          "through a proxy that changes Host and says so",
          {
            ...(await sign(url)),
            headers: {
              "x-forwarded-host": "elsewhere.example",
              "x-forwarded-proto": "https",
              forwarded: "host=elsewhere.example",
            },
          },
        ],
      ];
      for (const [name, webhook] of taken) {
        const answer = await post(line, webhook);
        assert.equal(answer.status, 200, `${name}: ${answer.text}`);
      }
      const signature = genuine.signature ?? "";
      const refused: readonly (readonly [name: string, post: Post])[] = [
        ["no signature", { ...genuine, signature: null }],
        ["an empty signature", { ...genuine, signature: "" }],
        ["no base64", { ...genuine, signature: "!" }],
        ["the wrong token", await sign(url, {}, "0".repeat(32))],
        ["another account's token", await sign(url, {}, stranger.account.authToken)],
        [
          "one character of it changed",
          { ...genuine, signature: `${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}` },
        ],
        ["a changed parameter", { ...genuine, parameters: { ...genuine.parameters, From: "+15559999999" } }],
        ["a parameter more", { ...genuine, parameters: { ...genuine.parameters, Digits: "1" } }],
        [
          "a parameter twice",
          { ...genuine, parameters: { ...genuine.parameters, CallStatus: ["ringing", "busy"] } },
        ],
        [
          "a parameter less",
          { ...genuine, parameters: Object.fromEntries(Object.entries(genuine.parameters).slice(1)) },
        ],
        ["https for http", await sign(`https://${host}${pathname}`)],
        ["another port", await sign(`${protocol}//${hostname}:${Number(port) + 1}${pathname}`)],
        ["another host", await sign(`${protocol}//elsewhere.example:${port}${pathname}`)],
        [
          "a host that the proxy claims",
          {
            ...(await sign(`https://elsewhere.example${pathname}`)),
            headers: { "x-forwarded-host": "elsewhere.example", "x-forwarded-proto": "https" },
          },
        ],
        ["the other hook of the use case", await sign(hookUrl(world, line.useCase, "status"))],
        ["a query that was not signed", { ...genuine, url: `${url}?a=1` }],
        ["a query that is not there", await sign(`${url}?a=1`)],
        ["another use case's hook", { ...genuine, url: hookUrl(world, stranger.useCase, "voice") }],
        ["an unknown use case", { ...genuine, url: hookUrl(world, { id: crypto.randomUUID() }, "voice") }],
        ["a use case that is none", { ...genuine, url: hookUrl(world, { id: "1" }, "voice") }],
        ["another account's SID", await sign(url, { AccountSid: stranger.account.accountSid })],
        ["no call", await sign(url, { CallSid: "" })],
        ["a call SID with more behind it", await sign(url, { CallSid: `${newCallSid()}'` })],
        ["no status", await sign(url, { CallStatus: "" })],
        ["a sequence that is no number", await sign(url, { SequenceNumber: "x" })],
        [
          "more parameters than any call has",
          await sign(url, Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`P${n}`, ""]))),
        ],
      ];
      const before = await lastWebhookAt(line);
      const texts = new Set<string>();
      for (const [name, webhook] of refused) {
        const answer = await post(line, webhook);
        try {
          const { request_id: _, ...problem } = assertProblem(answer, REFUSED);
          texts.add(JSON.stringify(problem));
        } catch (fault) {
          throw new Error(name, { cause: fault });
        }
      }
      // Nothing tells a use case that is there from one that is not.
      assert.equal(texts.size, 1);
      assert.equal(await lastWebhookAt(line), before);
    },
  },
  {
    name: "a genuine webhook of a number that does not serve the use case is not found",
    async run(world) {
      const line = await newVoiceLine(await world.newWorkspace());
      const { account, useCase, number, workspace } = line;
      const url = hookUrl(world, useCase, "voice");
      const ask = async (change: WebhookParameters): Promise<ApiAnswer> => {
        const parameters = callOf(line, change);
        return post(line, {
          url,
          parameters,
          signature: await signWebhook(account.authToken, url, parameters),
        });
      };
      const notFound = { status: 404, code: "phone_number_not_found" };
      assertProblem(await ask({ To: "+15551234567" }), notFound);
      assertProblem(await ask({ Direction: "outbound-api" }), notFound);
      // Of an outgoing call the number is the one it comes from.
      assertTaken(await ask({ Direction: "outbound-api", From: number.phone_number, To: "+15551234567" }));
      assertTaken(await ask({}));
      const released = await workspace.api.call(
        "DELETE",
        `/v1/use-case/${useCase.id}/phone-number/${number.id}`,
      );
      assert.equal(released.status, 204);
      assertProblem(await ask({}), notFound);
      assert.deepEqual((await world.sandbox.callPhoneNumber(number.phone_number_sid)).webhooks, []);
    },
  },
  {
    name: "webhooks that are no form, or too large a one",
    async run(world) {
      const line = await newVoiceLine(await world.newWorkspace());
      const url = hookUrl(world, line.useCase, "voice");
      const ask = (type: string, body: string): Promise<ApiAnswer> =>
        world.anonymous.call("POST", url, {
          body,
          headers: { "content-type": type, "x-twilio-signature": "x" },
        });
      const unsupported = { status: 415, code: "unsupported_media_type" };
      assertProblem(await ask("application/json", "{}"), unsupported);
      assertProblem(await ask("multipart/form-data; boundary=b", "--b--"), unsupported);
      assertProblem(await ask(FORM, `a=${"x".repeat(70_000)}`), { status: 413, code: "body_too_large" });
      assertProblem(await ask(FORM, "%%%=%zz&&&="), REFUSED);
      assert.equal((await world.anonymous.call("GET", url)).status, 404);
    },
  },
];
