// Twilio as the sandbox plays it: who may call, accounts, customer profiles, numbers, pages and faults.
import { afterEach, describe, expect, test } from "bun:test";

import { startSandbox } from "../../support/sandbox.ts";
import { accountSid, numberSid, profileSid } from "../../support/twilio-samples.ts";
import { until } from "../../support/until.ts";

const { control, aws } = await startSandbox();
const base = aws.endpoints.twilio;
afterEach(() => control.clearFaults());

const TOKEN = "0123456789abcdef0123456789abcdef";
const [OURS, THEIRS] = [accountSid(1), accountSid(2)];
await control.setTwilioAccount(OURS, { auth_token: TOKEN, friendly_name: "Ours" });
await control.setTwilioAccount(THEIRS, { auth_token: "another token" });

const basic = (sid: string, token: string): string => `Basic ${btoa(`${sid}:${token}`)}`;
type Answer = { readonly status: number; readonly json: Record<string, unknown> };
async function ask(
  path: string,
  { form, authorization = basic(OURS, TOKEN) }: { form?: object; authorization?: string } = {},
): Promise<Answer> {
  const response = await fetch(`${base}${path}`, {
    headers: { authorization },
    ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams({ ...form }) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
const numberPath = (sid: string, account = OURS): string =>
  `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers/${sid}.json`;
const listPath = (account: string): string => `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers.json`;
const update = (sid: string, form: object): Promise<Answer> => ask(numberPath(sid), { form });
const refusal = (status: number, code: number): object => ({
  status,
  json: {
    code,
    status,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    message: expect.stringMatching(/./),
  },
});
const accountPath = `/2010-04-01/Accounts/${OURS}.json`;

describe("who may call", () => {
  const rows: [name: string, authorization: string, status: number][] = [
    ["the account with its token", basic(OURS, TOKEN), 200],
    ["a scheme in another case", basic(OURS, TOKEN).replace("Basic", "bAsIc"), 200],
    ["nobody", "", 401],
    ["another token", basic(OURS, `${TOKEN}0`), 401],
    ["the token in another case", basic(OURS, TOKEN.toUpperCase()), 401],
    ["no token", basic(OURS, ""), 401],
    ["a bearer", `Bearer ${TOKEN}`, 401],
    ["no base64", "Basic ???", 401],
    ["no colon", `Basic ${btoa(OURS)}`, 401],
    ["an API key", basic(`SK${"0".repeat(32)}`, TOKEN), 401],
    ["a sid that is none", basic("AC1", TOKEN), 401],
    ["another account", basic(THEIRS, "another token"), 404],
  ];
  test.each(rows)("%s", async (_, authorization, status) => {
    const answer = await ask(accountPath, { authorization });
    expect(answer).toMatchObject(
      status === 200 ? { status, json: { sid: OURS } } : refusal(status, status === 401 ? 20003 : 20404),
    );
  });

  test("asks for Basic", async () => {
    const { headers } = await fetch(`${base}${accountPath}`);
    expect(headers.get("www-authenticate")).toBe('Basic realm="Twilio API"');
  });

  test("an account nobody spoke of takes the first token it is used with", async () => {
    const sid = accountSid(10);
    const withToken = async (token: string): Promise<number> =>
      (await ask(`/2010-04-01/Accounts/${sid}.json`, { authorization: basic(sid, token) })).status;
    expect(await withToken("first: with a colon")).toBe(200);
    expect(await withToken("second")).toBe(401);
    expect(await withToken("first: with a colon")).toBe(200);
    await control.setTwilioAccount(sid, { auth_token: "second" });
    expect(await withToken("first: with a colon")).toBe(401);
    expect(await withToken("second")).toBe(200);
  });

  test.each([
    ["active", 200],
    ["suspended", 200],
    ["closed", 401],
  ])("an account that is %s", async (status, answered) => {
    const sid = accountSid(11);
    await control.setTwilioAccount(sid, { auth_token: "t", status });
    const answer = await ask(`/2010-04-01/Accounts/${sid}.json`, { authorization: basic(sid, "t") });
    expect(answer.status).toBe(answered);
    if (answered === 200) expect(answer.json["status"]).toBe(status);
  });
});

test("an account shows itself, its token too", async () => {
  expect((await ask(accountPath)).json).toMatchObject({
    sid: OURS,
    friendly_name: "Ours",
    status: "active",
    auth_token: TOKEN,
    uri: accountPath,
    date_created: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/),
  });
});

describe("customer profiles", () => {
  const path = (n: number): string => `/v1/CustomerProfiles/${profileSid(n)}`;

  test.each(["draft", "pending-review", "in-review", "twilio-rejected", "twilio-approved"])(
    "%s",
    async (status) => {
      await control.setCustomerProfile(profileSid(1), { status, account_sid: OURS });
      expect(await ask(path(1))).toMatchObject({
        status: 200,
        json: { sid: profileSid(1), account_sid: OURS, status },
      });
    },
  );

  test("one of another account, one that nobody made, one that is gone", async () => {
    await control.setCustomerProfile(profileSid(2), { status: "twilio-approved", account_sid: THEIRS });
    expect(await ask(path(2))).toMatchObject(refusal(404, 20404));
    expect(await ask(path(3))).toMatchObject(refusal(404, 20404));
    await control.setCustomerProfile(profileSid(2), { status: "twilio-approved", account_sid: OURS });
    expect((await ask(path(2))).status).toBe(200);
    await control.removeCustomerProfile(profileSid(2));
    expect(await ask(path(2))).toMatchObject(refusal(404, 20404));
  });

  test("one made for no account is the first one's that asks", async () => {
    await control.setCustomerProfile(profileSid(4), { status: "draft" });
    expect((await ask(path(4))).json["account_sid"]).toBe(OURS);
    const theirs = await ask(path(4), { authorization: basic(THEIRS, "another token") });
    expect(theirs).toMatchObject(refusal(404, 20404));
    // A new status leaves it where it is.
    await control.setCustomerProfile(profileSid(4), { status: "in-review" });
    expect((await ask(path(4))).json).toMatchObject({ account_sid: OURS, status: "in-review" });
  });
});

describe("numbers", () => {
  test("one that was declared, as Twilio shows it", async () => {
    await control.setPhoneNumber(numberSid(1), { account_sid: OURS, phone_number: "+15005550006" });
    expect(await ask(numberPath(numberSid(1)))).toMatchObject({
      status: 200,
      json: {
        sid: numberSid(1),
        account_sid: OURS,
        phone_number: "+15005550006",
        voice_url: "",
        voice_method: "POST",
        status_callback: "",
        status_callback_method: "POST",
        voice_application_sid: null,
        trunk_sid: null,
        uri: numberPath(numberSid(1)),
      },
    });
    expect(await control.phoneNumber(numberSid(1))).toEqual(
      (await ask(numberPath(numberSid(1)))).json as never,
    );
  });

  test("one that nobody declared is the first one's that asks, and keeps its digits", async () => {
    const { json } = await ask(numberPath(numberSid(2)));
    expect(json).toMatchObject({ account_sid: OURS, phone_number: expect.stringMatching(/^\+1555\d{7}$/) });
    expect((await ask(numberPath(numberSid(2)))).json).toEqual(json);
    const theirs = { authorization: basic(THEIRS, "another token") };
    expect(await ask(numberPath(numberSid(2), THEIRS), theirs)).toMatchObject(refusal(404, 20404));
    expect(await ask(numberPath(numberSid(2)), theirs)).toMatchObject(refusal(404, 20404));
  });

  test("one given back is nobody's, until it is declared anew", async () => {
    await control.setPhoneNumber(numberSid(3), { account_sid: OURS, voice_url: "https://a.example/" });
    await control.removePhoneNumber(numberSid(3));
    expect(await ask(numberPath(numberSid(3)))).toMatchObject(refusal(404, 20404));
    expect(await update(numberSid(3), { VoiceUrl: "" })).toMatchObject(refusal(404, 20404));
    await control.setPhoneNumber(numberSid(3), { account_sid: OURS });
    expect((await ask(numberPath(numberSid(3)))).json["voice_url"]).toBe("");
  });

  const [AP, TK] = [`AP${"a".repeat(32)}`, `TK${"b".repeat(32)}`];
  const changes: [name: string, before: object, form: object, after: object][] = [
    [
      "sets what is given",
      {},
      { VoiceUrl: "https://a.example/v", VoiceMethod: "GET", StatusCallback: "https://a.example/s" },
      { voice_url: "https://a.example/v", voice_method: "GET", status_callback: "https://a.example/s" },
    ],
    [
      "leaves what is not given",
      { voice_url: "https://a.example/v", status_callback: "https://a.example/s" },
      { VoiceUrl: "https://b.example/v" },
      { voice_url: "https://b.example/v", status_callback: "https://a.example/s" },
    ],
    ["clears what is empty", { voice_url: "https://a.example/v" }, { VoiceUrl: "" }, { voice_url: "" }],
    [
      "clears sids too",
      { voice_application_sid: AP },
      { VoiceApplicationSid: "" },
      { voice_application_sid: null },
    ],
    [
      "a trunk deletes the application",
      { voice_application_sid: AP },
      { TrunkSid: TK },
      { voice_application_sid: null, trunk_sid: TK },
    ],
    [
      "an application deletes the trunk",
      { trunk_sid: TK },
      { VoiceApplicationSid: AP },
      { voice_application_sid: AP, trunk_sid: null },
    ],
    [
      "no trunk deletes nothing",
      { voice_application_sid: AP },
      { TrunkSid: "" },
      { voice_application_sid: AP },
    ],
    ["what it does not know", { friendly_name: "a" }, { Colour: "red" }, { friendly_name: "a" }],
  ];
  test.each(changes)("an update: %s", async (name, before, form, after) => {
    const sid = numberSid(100 + changes.findIndex((row) => row[0] === name));
    await control.setPhoneNumber(sid, { account_sid: OURS, ...before });
    expect(await update(sid, form)).toMatchObject({ status: 200, json: after });
    expect((await ask(numberPath(sid))).json).toMatchObject(after);
  });

  const refused: [name: string, form: object, code: number][] = [
    ["a voice URL that is none", { VoiceUrl: "call us" }, 21402],
    ["a scheme that is not the web's", { VoiceUrl: "ftp://a.example/" }, 21402],
    ["a method that is none", { VoiceMethod: "PUT" }, 21403],
    ["a callback that is none", { StatusCallback: "/relative" }, 20001],
    ["a sid of something else", { TrunkSid: AP }, 20001],
  ];
  test.each(refused)("refuses %s and changes nothing", async (_, form, code) => {
    await control.setPhoneNumber(numberSid(4), { account_sid: OURS, voice_url: "https://a.example/" });
    const before = await control.phoneNumber(numberSid(4));
    expect(await update(numberSid(4), { StatusCallback: "https://b.example/", ...form })).toMatchObject(
      refusal(400, code),
    );
    expect(await control.phoneNumber(numberSid(4))).toEqual(before);
  });
});

describe("the list of numbers", () => {
  const [account, authorization] = [accountSid(20), basic(accountSid(20), "list")];
  const sids = [200, 201, 202, 203, 204].map(numberSid);
  const pages = async (query: string): Promise<string[][]> => {
    const found: string[][] = [];
    for (let path: string | null = `${listPath(account)}${query}`; path !== null;) {
      const { json } = await ask(path, { authorization });
      found.push((json["incoming_phone_numbers"] as { sid: string }[]).map((one) => one.sid));
      path = json["next_page_uri"] as string | null;
      if (path !== null) expect(path).toStartWith(`${listPath(account)}?PageSize=`);
    }
    return found;
  };

  test("holds the account's own, page after page", async () => {
    await control.setTwilioAccount(account, { auth_token: "list" });
    for (const sid of sids) await control.setPhoneNumber(sid, { account_sid: account, friendly_name: sid });
    await control.setPhoneNumber(numberSid(205), { account_sid: THEIRS });
    const [a = "", b = "", c = "", d = "", e = ""] = sids;
    expect(await pages("")).toEqual([sids]);
    expect(await pages("?PageSize=5")).toEqual([sids]);
    expect(await pages("?PageSize=2")).toEqual([[a, b], [c, d], [e]]);
    await control.setTwilioAccount(account, { page_size_max: 3 });
    expect(await pages("?PageSize=100")).toEqual([
      [a, b, c],
      [d, e],
    ]);
    expect(await pages(`?FriendlyName=${c}`)).toEqual([[c]]);
    await control.removePhoneNumber(b);
    await control.setPhoneNumber(d, { account_sid: THEIRS });
    expect(await pages("")).toEqual([[a, c, e]]);
    expect(await ask(`${listPath(account)}?PageSize=0`, { authorization })).toMatchObject(
      refusal(400, 20001),
    );
  });

  test("is refused to others", async () => {
    expect(await ask(listPath(THEIRS))).toMatchObject(refusal(404, 20404));
  });
});

describe("trouble", () => {
  const cases: [name: string, fail: object, answer: object, takesEffect: boolean][] = [
    ["throttled", { status: 429 }, refusal(429, 20429), false],
    ["failing", { status: 500 }, refusal(500, 20500), false],
    ["down", { status: 503 }, refusal(503, 20503), false],
    ["failing afterwards", { status: 500, after_accept: true }, refusal(500, 20500), true],
    ["in words of one's own", { status: 400, error: "21404" }, refusal(400, 21404), false],
  ];
  test.each(cases)("%s", async (name, fail, answer, takesEffect) => {
    const sid = numberSid(300 + cases.findIndex((row) => row[0] === name));
    await control.setPhoneNumber(sid, { account_sid: OURS });
    await control.setFaults({ twilio: { fail: { operation: "UpdateIncomingPhoneNumber", ...fail } } });
    expect(await update(sid, { VoiceUrl: "https://a.example/" })).toMatchObject(answer);
    const { voice_url: url } = await control.phoneNumber(sid);
    expect(url).toBe(takesEffect ? "https://a.example/" : "");
    // Only once.
    expect((await update(sid, { VoiceUrl: "https://b.example/" })).status).toBe(200);
  });

  test("no answer at all, though the number was changed", async () => {
    await control.setPhoneNumber(numberSid(310), { account_sid: OURS });
    await control.clearCalls();
    const fail = { operation: "*", status: "timeout", after_accept: true };
    await control.setFaults({ twilio: { fail } });
    const caller = new AbortController();
    const silent = fetch(`${base}${numberPath(numberSid(310))}`, {
      method: "POST",
      headers: { authorization: basic(OURS, TOKEN) },
      body: new URLSearchParams({ VoiceUrl: "https://a.example/" }),
      signal: caller.signal,
    });
    const calls = await until("the call is recorded", control.calls, (found) => found.length > 0);
    caller.abort(new Error("The caller gave up."));
    expect(silent).rejects.toThrow("gave up");
    expect(calls[0]).toMatchObject({ operation: "UpdateIncomingPhoneNumber", status: "timeout" });
    expect((await control.phoneNumber(numberSid(310))).voice_url).toBe("https://a.example/");
  });

  test("throttling counts Twilio's calls alone", async () => {
    await control.setFaults({ twilio: { throttle_per_second: 0.01 } });
    expect((await ask(accountPath)).status).toBe(200);
    expect(await ask(accountPath)).toMatchObject(refusal(429, 20429));
    expect((await aws.ses("GET", "/account")).status).toBe(200);
  });

  test("calls are recorded, refused ones too", async () => {
    await control.clearCalls();
    await ask(accountPath);
    await ask(accountPath, { authorization: "" });
    await update(numberSid(1), { VoiceMethod: "PUT" });
    await ask(`/v1/CustomerProfiles/${profileSid(99)}`);
    await ask(listPath(OURS));
    expect((await control.calls()).map((one) => [one.service, one.operation, one.status])).toEqual([
      ["twilio", "FetchAccount", 200],
      ["twilio", "FetchAccount", 401],
      ["twilio", "UpdateIncomingPhoneNumber", 400],
      ["twilio", "FetchCustomerProfile", 404],
      ["twilio", "ListIncomingPhoneNumbers", 200],
    ]);
  });

  test("what is not played is not there", async () => {
    expect(await ask(`/2010-04-01/Accounts/${OURS}/Messages.json`)).toMatchObject(refusal(404, 20404));
    expect(await ask(accountPath, { form: { Status: "closed" } })).toMatchObject(refusal(404, 20404));
  });

  test("a form that is far too large", async () => {
    expect(await update(numberSid(1), { FriendlyName: "x".repeat(70_000) })).toMatchObject(
      refusal(400, 20001),
    );
  });
});

test("the state shows what Twilio has, and no token", async () => {
  await control.setCustomerProfile(profileSid(50), { status: "in-review", account_sid: OURS });
  await control.setPhoneNumber(numberSid(50), { account_sid: OURS, voice_url: "https://a.example/v" });
  await control.removePhoneNumber(numberSid(3));
  const state = await control.state();
  expect(state.twilio.accounts).toContainEqual({ sid: OURS, friendly_name: "Ours", status: "active" });
  expect(state.twilio.customer_profiles).toContainEqual({
    sid: profileSid(50),
    account_sid: OURS,
    status: "in-review",
  });
  expect(state.twilio.phone_numbers.find((one) => one.sid === numberSid(50))).toMatchObject({
    account_sid: OURS,
    voice_url: "https://a.example/v",
    trunk_sid: null,
  });
  expect(state.twilio.phone_numbers.map((one) => one.sid)).not.toContain(numberSid(3));
  for (const secret of [TOKEN, "another token"]) expect(JSON.stringify(state)).not.toContain(secret);
});
