import { describe, expect, test } from "bun:test";
import { makeTwilioCall } from "../../../adapters/twilio/twilio-call.ts";
import { makeTwilioVoiceProvider } from "../../../adapters/twilio/voice-provider.ts";
import type { VoiceFault, VoiceProvider } from "../../../core/ports/voice-provider.ts";
import type { Result } from "../../../core/result.ts";
import { startStubServer, type StubRequest } from "../../support/stub-server.ts";
import { accountSid, numberSid, profileSid } from "../../support/twilio-samples.ts";

const ACCOUNT = { accountSid: accountSid(1), authToken: "0123456789abcdef0123456789abcdef" };
const NUMBERS = `/2010-04-01/Accounts/${ACCOUNT.accountSid}/IncomingPhoneNumbers`;
const NOW = 1000;

type Answer = (request: StubRequest, earlier: number) => Response | Promise<Response>;
function provider(answer: Answer) {
  const { url, requests } = startStubServer(answer);
  const call = makeTwilioCall({ api: `${url}/api`, trustHub: `${url}/hub` });
  return { voice: makeTwilioVoiceProvider(call, { now: () => NOW }), requests };
}

const number = (n: number, change: object = {}) => ({
  sid: numberSid(n),
  account_sid: ACCOUNT.accountSid,
  phone_number: `+1555000${n}`,
  friendly_name: `Desk ${n}`,
  voice_url: "https://elsewhere.example/voice",
  voice_method: "GET",
  status_callback: null,
  status_callback_method: "POST",
  voice_application_sid: "",
  trunk_sid: null,
  ...change,
});
const TARGET = {
  voiceUrl: "https://elsewhere.example/voice",
  voiceMethod: "GET" as const,
  statusCallback: "",
  statusCallbackMethod: "POST" as const,
  voiceApplicationSid: null,
  trunkSid: null,
};
const read = (n: number) => ({
  phoneNumberSid: numberSid(n),
  phoneNumber: `+1555000${n}`,
  friendlyName: `Desk ${n}`,
  target: TARGET,
});
const faultOf = (result: Result<unknown, VoiceFault>): string => (result.ok ? "none" : result.error.kind);

describe("what is sent", () => {
  test("signs in as the account, asks each host for its own, and posts a form", async () => {
    const { voice, requests } = provider(({ method }) =>
      Response.json(method === "POST" ? number(1) : { sid: ACCOUNT.accountSid, status: "active" }),
    );
    await voice.getAccount(ACCOUNT);
    await voice.getCustomerProfile(ACCOUNT, profileSid(1));
    const change = { ...TARGET, voiceUrl: "https://a.example/?x=1&y=ü", voiceMethod: "POST" as const };
    expect(await voice.pointNumber(ACCOUNT, numberSid(1), change, NOW)).toEqual({
      ok: true,
      value: undefined,
    });
    expect(requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET /api/2010-04-01/Accounts/${ACCOUNT.accountSid}.json`,
      `GET /hub/v1/CustomerProfiles/${profileSid(1)}`,
      `POST /api${NUMBERS}/${numberSid(1)}.json`,
    ]);
    const basic = `Basic ${btoa(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`)}`;
    for (const { headers } of requests) expect(headers.get("authorization")).toBe(basic);
    expect(requests[2]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(Object.fromEntries(new URLSearchParams(new TextDecoder().decode(requests[2]?.body)))).toEqual({
      VoiceUrl: change.voiceUrl,
      VoiceMethod: "POST",
      StatusCallback: "",
      StatusCallbackMethod: "POST",
      VoiceApplicationSid: "",
      TrunkSid: "",
    });
  });

  test("nothing, once it has become too late to change a number", async () => {
    const { voice, requests } = provider(() => Response.json(number(1)));
    expect(faultOf(await voice.pointNumber(ACCOUNT, numberSid(1), TARGET, NOW - 1))).toBe("timed_out");
    expect(requests).toEqual([]);
  });
});

describe("what is answered", () => {
  test.each([
    ["active", true],
    ["suspended", false],
    ["closed", false],
  ])("an account that is %s", async (status, isActive) => {
    const { voice } = provider(() => Response.json({ sid: ACCOUNT.accountSid, status }));
    expect(await voice.getAccount(ACCOUNT)).toEqual({ ok: true, value: { isActive } });
  });

  test.each<[string, object, (voice: VoiceProvider) => Promise<Result<unknown, VoiceFault>>, string]>([
    [
      "another account",
      { sid: accountSid(2), status: "active" },
      (v) => v.getAccount(ACCOUNT),
      "unavailable",
    ],
    [
      "another account's profile",
      { sid: profileSid(1), account_sid: accountSid(2), status: "draft" },
      (v) => v.getCustomerProfile(ACCOUNT, profileSid(1)),
      "not_found",
    ],
    [
      "another profile",
      { sid: profileSid(2), account_sid: ACCOUNT.accountSid, status: "draft" },
      (v) => v.getCustomerProfile(ACCOUNT, profileSid(1)),
      "unavailable",
    ],
    [
      "a status nobody knows",
      { sid: profileSid(1), account_sid: ACCOUNT.accountSid, status: "not-found" },
      (v) => v.getCustomerProfile(ACCOUNT, profileSid(1)),
      "unavailable",
    ],
    ["another number", number(2), (v) => v.getNumber(ACCOUNT, numberSid(1)), "unavailable"],
    [
      "a subaccount's number",
      number(1, { account_sid: accountSid(2) }),
      (v) => v.getNumber(ACCOUNT, numberSid(1)),
      "not_found",
    ],
    [
      "a URL that could not be put back",
      number(1, { voice_url: `https://a.example/${"x".repeat(5000)}` }),
      (v) => v.getNumber(ACCOUNT, numberSid(1)),
      "unavailable",
    ],
    [
      "a URL that is no text",
      number(1, { voice_url: 7 }),
      (v) => v.getNumber(ACCOUNT, numberSid(1)),
      "unavailable",
    ],
  ])("%s is not taken for what was asked", async (_, body, ask, kind) => {
    const { voice } = provider(() => Response.json(body));
    expect(faultOf(await ask(voice))).toBe(kind);
  });

  test.each(["draft", "pending-review", "in-review", "twilio-rejected", "twilio-approved"] as const)(
    "a profile that is %s",
    async (status) => {
      const body = { sid: profileSid(1), account_sid: ACCOUNT.accountSid, status };
      const { voice } = provider(() => Response.json(body));
      expect(await voice.getCustomerProfile(ACCOUNT, profileSid(1))).toEqual({ ok: true, value: status });
    },
  );

  test("a number, with nulls and empty texts as nothing", async () => {
    const { voice } = provider(() => Response.json(number(1)));
    expect(await voice.getNumber(ACCOUNT, numberSid(1))).toEqual({ ok: true, value: read(1) });
  });
});

const twilioError = (status: number, code: number, headers = {}) =>
  Response.json({ code, message: "+15550001111 https://secret.example", status }, { status, headers });

test.each<[string, () => Response, VoiceFault["kind"], number?]>([
  ["401 20003", () => twilioError(401, 20003), "credentials_refused"],
  ["401 without a body", () => new Response(null, { status: 401 }), "credentials_refused"],
  ["404 20404", () => twilioError(404, 20404), "not_found"],
  ["404 of somebody else", () => new Response("Not Found", { status: 404 }), "unavailable"],
  ["429 20429", () => twilioError(429, 20429), "throttled", 5],
  ["429 with a time", () => twilioError(429, 20429, { "retry-after": "17" }), "throttled", 17],
  ["429 with an endless time", () => twilioError(429, 20429, { "retry-after": "999999" }), "throttled", 300],
  ["429 with a date", () => twilioError(429, 20429, { "retry-after": "Fri, 31 Dec" }), "throttled", 5],
  ["400 21402", () => twilioError(400, 21402), "refused"],
  ["403 20006", () => twilioError(403, 20006), "refused"],
  ["403 of somebody else", () => new Response("<html>", { status: 403 }), "unavailable"],
  ["500 20500", () => twilioError(500, 20500), "unavailable"],
  ["503 without a body", () => new Response(null, { status: 503 }), "unavailable"],
  ["a redirect", () => Response.redirect("http://127.0.0.1:9/", 307), "unavailable"],
  ["no JSON", () => new Response("<html>"), "unavailable"],
  ["a list", () => Response.json([]), "unavailable"],
  ["an endless answer", () => new Response("x".repeat(2_000_000)), "unavailable"],
])("%s", async (_, answer, kind, retryAfterSeconds = 0) => {
  const { voice } = provider(answer);
  const result = await voice.getNumber(ACCOUNT, numberSid(1));
  expect(result).toMatchObject({ ok: false, error: { kind, retryAfterSeconds } });
  // What Twilio says repeats what was asked: none of it goes to the log.
  expect(JSON.stringify(result)).not.toMatch(/1555|secret/);
});

test("an answer that does not come in time", async () => {
  const { voice } = provider(() => new Promise(() => undefined));
  expect(faultOf(await voice.getCustomerProfile(ACCOUNT, profileSid(1), 30))).toBe("timed_out");
});

test("nobody there", async () => {
  const call = makeTwilioCall({ api: "http://127.0.0.1:9", trustHub: "http://127.0.0.1:9" });
  const voice = makeTwilioVoiceProvider(call, { now: () => NOW });
  expect(faultOf(await voice.getAccount(ACCOUNT))).toBe("unavailable");
});

describe("the list of numbers", () => {
  const page = (numbers: readonly object[], next: unknown) =>
    Response.json({ incoming_phone_numbers: numbers, next_page_uri: next });

  test("follows its pages to the end", async () => {
    const { voice, requests } = provider((_, earlier) =>
      earlier === 0
        ? page([number(1), number(2)], `${NUMBERS}.json?PageSize=100&Page=1&PageToken=PAabc`)
        : page([number(3)], null),
    );
    const listed = { numbers: [read(1), read(2), read(3)], hasMore: false };
    expect(await voice.listNumbers(ACCOUNT)).toEqual({ ok: true, value: listed });
    expect(requests.map(({ target }) => target)).toEqual([
      `/api${NUMBERS}.json?PageSize=100`,
      `/api${NUMBERS}.json?PageSize=100&Page=1&PageToken=PAabc`,
    ]);
  });

  test("ends after ten pages, and says that there are more", async () => {
    const { voice, requests } = provider((_, earlier) =>
      page([number(earlier)], `${NUMBERS}.json?Page=${earlier + 1}`),
    );
    const listed = await voice.listNumbers(ACCOUNT);
    expect(listed.ok && listed.value.hasMore).toBe(true);
    expect(requests).toHaveLength(10);
  });

  test.each([
    ["another host", "https://evil.example/2010-04-01"],
    ["a host without a scheme", `//evil.example${NUMBERS}.json?Page=1`],
    ["a host before an @", `@evil.example${NUMBERS}.json?Page=1`],
    ["another account", `/2010-04-01/Accounts/${accountSid(2)}/IncomingPhoneNumbers.json?Page=1`],
    ["another resource", `/2010-04-01/Accounts/${ACCOUNT.accountSid}/Calls.json?Page=1`],
    ["a way up", `${NUMBERS}.json/../../Calls.json?Page=1`],
    ["a line end", `${NUMBERS}.json?Page=1\r\nX: y`],
    ["no text", 7],
  ])("does not follow a next page at %s", async (_, next) => {
    const { voice, requests } = provider(() => page([], next));
    expect(faultOf(await voice.listNumbers(ACCOUNT))).toBe("unavailable");
    expect(requests).toHaveLength(1);
  });

  test("holds no more than a thousand, however many a page brings", async () => {
    const many = Array.from({ length: 1001 }, (_each, n) => number(n));
    const { voice } = provider(() => page(many, null));
    const listed = await voice.listNumbers(ACCOUNT);
    expect(listed.ok && [listed.value.numbers.length, listed.value.hasMore]).toEqual([1000, true]);
  });

  test.each([
    ["no numbers", {}],
    ["numbers that are no list", { incoming_phone_numbers: { sid: numberSid(1) } }],
    ["a number that is none", { incoming_phone_numbers: [null] }],
    ["a number without a SID", { incoming_phone_numbers: [number(1, { sid: "x" })] }],
  ])("an answer with %s is no empty list", async (_, body) => {
    const { voice } = provider(() => Response.json(body));
    expect(faultOf(await voice.listNumbers(ACCOUNT))).toBe("unavailable");
  });

  test("a page that fails fails the list", async () => {
    const { voice } = provider((_, earlier) =>
      earlier === 0 ? page([number(1)], `${NUMBERS}.json?Page=1`) : twilioError(429, 20429),
    );
    expect(faultOf(await voice.listNumbers(ACCOUNT))).toBe("throttled");
  });
});
