// Calls to a number: what its webhooks are sent, how that is signed, and when nobody is asked. The control paths' refusals.
import { describe, expect, test } from "bun:test";

import { startSandbox, type TwilioWebhook } from "../../support/sandbox.ts";
import { startStubServer, type StubRequest } from "../../support/stub-server.ts";
import { accountSid, numberSid, profileSid, signWebhook } from "../../support/twilio-samples.ts";

const { control, url } = await startSandbox();
const product = startStubServer(({ target }) =>
  target.startsWith("/broken")
    ? new Response("no", { status: 500 })
    : new Response(`<Response/><!-- ${target.split("?")[0]} -->`, {
        headers: { "content-type": "text/xml" },
      }),
);
const AC = accountSid(1);
const TOKEN = "token of the account";
await control.setTwilioAccount(AC, { auth_token: TOKEN });

const PN = numberSid(1);
const point = (settings: object): Promise<Response> =>
  control.setPhoneNumber(PN, {
    account_sid: AC,
    phone_number: "+15005550006",
    voice_url: "",
    voice_method: "POST",
    status_callback: "",
    status_callback_method: "POST",
    voice_application_sid: "",
    trunk_sid: "",
    ...settings,
  });
const formOf = (request: StubRequest | undefined): Record<string, string[]> => {
  const form = new URLSearchParams(new TextDecoder().decode(request?.body));
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
};

describe("signing", () => {
  const documented = {
    CallSid: "CA1234567890ABCDE",
    Caller: "+12349013030",
    Digits: "1234",
    From: "+12349013030",
    To: "+18005551212",
  };
  // Twilio's page "Webhooks security" and the tests of its helper libraries.
  test("the tests' own signer knows the published answer", async () => {
    const target = "https://mycompany.com/myapp.php?foo=1&bar=2";
    expect(await signWebhook("12345", target, documented)).toBe("0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
  });

  const rows: [name: string, parameters: TwilioWebhook["parameters"]][] = [
    ["the usual ones", {}],
    ["empty, with signs and not ASCII", { CallerCity: "", Plus: "a+b&c=d %", Ort: "Zürich 東京 🙂" }],
    ["repeated, in any order", { MediaUrl: ["b", "a", "b"], Zeta: "1", alpha: "2" }],
    ["instead of the usual ones", { From: "+442071838750", CallStatus: "no-answer" }],
  ];
  test.each(rows)("parameters: %s", async (_, parameters) => {
    product.requests.length = 0;
    await point({ voice_url: `${product.url}/voice?a=1&b=%20`, status_callback: `${product.url}/status` });
    const call = await control.callPhoneNumber(PN, { parameters });
    expect(call.webhooks).toHaveLength(2);
    for (const [index, webhook] of call.webhooks.entries()) {
      const request = product.requests[index];
      expect(`${product.url}${request?.target}`).toBe(webhook.url);
      expect(request?.headers.get("x-twilio-signature")).toBe(webhook.signature);
      expect(webhook.signature).toBe(await signWebhook(TOKEN, webhook.url, formOf(request)));
      expect(formOf(request)).toMatchObject(
        Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value].flat()])),
      );
    }
  });

  test("with the token of the account that has the number now", async () => {
    await control.setTwilioAccount(accountSid(2), { auth_token: "another" });
    await point({ account_sid: accountSid(2), voice_url: `${product.url}/voice` });
    const [webhook] = (await control.callPhoneNumber(PN)).webhooks;
    const { url: target = "", parameters = {} } = webhook ?? {};
    expect(webhook?.signature).toBe(await signWebhook("another", target, parameters));
    expect(parameters["AccountSid"]).toBe(accountSid(2));
  });

  test("by GET: everything is in the URL", async () => {
    product.requests.length = 0;
    await point({ voice_url: `${product.url}/voice?a=1`, voice_method: "GET" });
    const [webhook] = (await control.callPhoneNumber(PN)).webhooks;
    const [request] = product.requests;
    expect(request?.method).toBe("GET");
    expect(new URL(webhook?.url ?? "").searchParams.get("To")).toBe("+15005550006");
    expect(`${product.url}${request?.target}`).toBe(webhook?.url ?? "");
    expect(webhook?.signature).toBe(await signWebhook(TOKEN, webhook?.url ?? "", {}));
  });
});

describe("a call", () => {
  test("asks the voice webhook, then tells the status callback", async () => {
    product.requests.length = 0;
    await point({ voice_url: `${product.url}/voice`, status_callback: `${product.url}/status` });
    const callSid = `CA${"c".repeat(32)}`;
    const call = await control.callPhoneNumber(PN, { from: "+442071838750", call_sid: callSid });
    expect(call.call_sid).toBe(callSid);
    expect(call.webhooks.map((one) => [one.kind, one.method, one.url, one.status, one.body])).toEqual([
      ["voice", "POST", `${product.url}/voice`, 200, "<Response/><!-- /voice -->"],
      ["status", "POST", `${product.url}/status`, 200, "<Response/><!-- /status -->"],
    ]);
    const both = {
      AccountSid: AC,
      ApiVersion: "2010-04-01",
      CallSid: callSid,
      Direction: "inbound",
      From: "+442071838750",
      Caller: "+442071838750",
      To: "+15005550006",
      Called: "+15005550006",
      CallerCity: "",
    };
    expect(call.webhooks[0]?.parameters).toMatchObject({ ...both, CallStatus: "ringing" });
    expect(call.webhooks[1]?.parameters).toMatchObject({
      ...both,
      CallStatus: "completed",
      CallDuration: "42",
      CallbackSource: "call-progress-events",
      SequenceNumber: "0",
      Timestamp: expect.stringMatching(/^\w{3}, .* \+0000$/),
    });
    expect(product.requests.map((one) => one.headers.get("content-type"))).toEqual(
      Array(2).fill("application/x-www-form-urlencoded;charset=UTF-8"),
    );
    expect(product.requests[0]?.headers.get("user-agent")).toBe("TwilioProxy/1.1");
  });

  test("has a sid of its own each time", async () => {
    await point({});
    const sids = [await control.callPhoneNumber(PN), await control.callPhoneNumber(PN)].map(
      (one) => one.call_sid,
    );
    expect(new Set(sids).size).toBe(2);
    for (const sid of sids) expect(sid).toMatch(/^CA[0-9a-f]{32}$/);
  });

  const voice = `${product.url}/voice`;
  const elsewhere: [name: string, settings: object, expected: object[]][] = [
    ["no webhooks", {}, []],
    ["an application", { voice_url: voice, voice_application_sid: `AP${"a".repeat(32)}` }, []],
    ["a trunk", { voice_url: voice, status_callback: voice, trunk_sid: `TK${"b".repeat(32)}` }, []],
    ["a status callback alone", { status_callback: voice }, [{ kind: "status", status: 200 }]],
    [
      "another machine",
      { voice_url: "https://api.example/voice" },
      [{ kind: "voice", status: null, body: null }],
    ],
    ["a server that fails", { voice_url: `${product.url}/broken` }, [{ status: 500, body: "no" }]],
    ["a server that is not there", { voice_url: "http://127.0.0.1:1/" }, [{ status: null, body: null }]],
  ];
  test.each(elsewhere)("to a number with %s", async (_, settings, expected) => {
    await point(settings);
    const { webhooks } = await control.callPhoneNumber(PN);
    expect(webhooks).toHaveLength(expected.length);
    expect(webhooks).toMatchObject(expected);
  });
});

describe("refused with a hint", () => {
  const idle = accountSid(3);
  const rows: [
    name: string,
    method: string,
    path: string,
    body: object | undefined,
    status: number,
    text: string,
  ][] = [
    ["an account's sid that is none", "PUT", "/accounts/AC1", {}, 422, "32 lower-case hex digits"],
    ["an unknown member of an account", "PUT", `/accounts/${AC}`, { token: "x" }, 422, "auth_token"],
    [
      "a status no profile has",
      "PUT",
      `/customer-profiles/${profileSid(1)}`,
      { status: "approved" },
      422,
      "/status",
    ],
    ["a profile without a status", "PUT", `/customer-profiles/${profileSid(1)}`, {}, 422, "/status"],
    [
      "a profile's account that is none",
      "PUT",
      `/customer-profiles/${profileSid(1)}`,
      { status: "draft", account_sid: "AC" },
      422,
      "/account_sid",
    ],
    ["a profile's sid that is none", "PUT", `/customer-profiles/${AC}`, { status: "draft" }, 422, "BU"],
    [
      "a profile that is not there",
      "DELETE",
      `/customer-profiles/${profileSid(9)}`,
      undefined,
      404,
      "/_sandbox/state",
    ],
    ["digits that are no number", "PUT", `/phone-numbers/${PN}`, { phone_number: "0800" }, 422, "E.164"],
    ["a webhook that is no URL", "PUT", `/phone-numbers/${PN}`, { voice_url: "here" }, 422, "/voice_url"],
    ["a number's sid that is none", "PUT", "/phone-numbers/PN", {}, 422, "PN"],
    [
      "a number that is not there",
      "GET",
      `/phone-numbers/${numberSid(9)}`,
      undefined,
      404,
      "/_sandbox/state",
    ],
    [
      "to give back a number that is not there",
      "DELETE",
      `/phone-numbers/${numberSid(9)}`,
      undefined,
      404,
      "/_sandbox/state",
    ],
    [
      "a call to a number that is not there",
      "POST",
      `/phone-numbers/${numberSid(9)}/calls`,
      {},
      404,
      "/_sandbox/state",
    ],
    ["a call from nobody", "POST", `/phone-numbers/${PN}/calls`, { from: "me" }, 422, "/from"],
    [
      "a call to a number of no account",
      "POST",
      `/phone-numbers/${numberSid(7)}/calls`,
      {},
      409,
      "auth_token",
    ],
    [
      "a call to a number of an account without a token",
      "POST",
      `/phone-numbers/${numberSid(8)}/calls`,
      {},
      409,
      "auth_token",
    ],
  ];
  test.each(rows)("%s", async (_, method, path, body, status, text) => {
    await control.setPhoneNumber(numberSid(7), {});
    await control.setPhoneNumber(numberSid(8), { account_sid: idle });
    await control.setTwilioAccount(idle, {});
    const answer = await fetch(`${url}/_sandbox/twilio${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(text)]);
  });

  test("a call to a number of a suspended account", async () => {
    await control.setTwilioAccount(accountSid(4), { auth_token: "x", status: "suspended" });
    await point({ account_sid: accountSid(4), voice_url: `${product.url}/voice` });
    expect(control.callPhoneNumber(PN)).rejects.toThrow("409");
  });
});
