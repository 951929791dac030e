import { describe, expect, test } from "bun:test";
import assert from "node:assert/strict";
import { makeSignedFetch } from "../../../adapters/aws/signed-fetch.ts";
import { subscribeHook } from "../../../adapters/sns/subscribe.ts";
import { makeSnsTopicConfirmer } from "../../../adapters/sns/topic-confirmer.ts";
import { OutageError } from "../../../core/outage.ts";
import { startStubServer, type StubRequest } from "../../support/stub-server.ts";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:t";
const signedFetch = makeSignedFetch({
  region: "eu-west-1",
  credentials: { accessKeyId: "A", secretAccessKey: "s" },
});
const settings = (sns: string) => ({ endpoints: { sesV2: "", ses: "", sns, s3: "", sqs: "" } });
const form = (request: StubRequest | undefined) =>
  Object.fromEntries(new URLSearchParams(new TextDecoder().decode(request?.body)));
const refusal = (status: number, code: string) =>
  new Response(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`,
    {
      status,
    },
  );

describe("confirming", () => {
  test("is one signed call with the topic and the token", async () => {
    const server = startStubServer(() => new Response("<ConfirmSubscriptionResponse/>"));
    const confirmer = makeSnsTopicConfirmer(signedFetch, settings(`${server.url}/sns/`));
    expect(await confirmer.confirm(TOPIC, "t+/=k")).toEqual({ ok: true, value: undefined });
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual(["POST /sns/"]);
    expect(server.requests[0]?.headers.get("authorization")).toContain("/eu-west-1/sns/aws4_request");
    expect(form(server.requests[0])).toEqual({
      Action: "ConfirmSubscription",
      Version: "2010-03-31",
      TopicArn: TOPIC,
      Token: "t+/=k",
      AuthenticateOnUnsubscribe: "true",
    });
  });

  test("a token that SNS does not know is refused", async () => {
    const server = startStubServer(() => refusal(400, "InvalidParameter"));
    expect(await makeSnsTopicConfirmer(signedFetch, settings(server.url)).confirm(TOPIC, "x")).toEqual({
      ok: false,
      error: { kind: "confirmation_refused", reason: "InvalidParameter: m" },
    });
  });

  test.each([
    ["a server error", () => refusal(500, "InternalError")],
    ["a throttle", () => refusal(429, "Throttled")],
    ["a page of a proxy", () => new Response("<html>", { status: 400 })],
  ] as const)("%s is an outage, so that SNS tries again", async (_, answer) => {
    const server = startStubServer(answer);
    const confirming = makeSnsTopicConfirmer(signedFetch, settings(server.url)).confirm(TOPIC, "x");
    await assert.rejects(confirming, OutageError);
  });
});

describe("subscribing", () => {
  const answers = (request: StubRequest) =>
    new Response(form(request).Action === "CreateTopic" ? `<R><TopicArn>${TOPIC}</TopicArn></R>` : "<R/>");

  test("makes the topic, has it sign with SHA-256, and subscribes the hook, in this order", async () => {
    const server = startStubServer(answers);
    const hookUrl = "http://127.0.0.1:8080/hooks/sns";
    expect(await subscribeHook(signedFetch, settings(server.url), { topicName: "t", hookUrl })).toBe(TOPIC);
    expect(server.requests.map(form)).toEqual([
      { Action: "CreateTopic", Version: "2010-03-31", Name: "t" },
      {
        Action: "SetTopicAttributes",
        Version: "2010-03-31",
        TopicArn: TOPIC,
        AttributeName: "SignatureVersion",
        AttributeValue: "2",
      },
      {
        Action: "Subscribe",
        Version: "2010-03-31",
        TopicArn: TOPIC,
        Protocol: "http",
        Endpoint: hookUrl,
        ReturnSubscriptionArn: "true",
      },
    ]);
  });

  test("stops at the first no", async () => {
    const server = startStubServer((request, earlier) =>
      earlier === 1 ? refusal(403, "AuthorizationError") : answers(request),
    );
    const subscribing = subscribeHook(signedFetch, settings(server.url), {
      topicName: "t",
      hookUrl: "https://x.org/h",
    });
    await assert.rejects(subscribing, /SNS SetTopicAttributes: AuthorizationError m/);
    expect(server.requests).toHaveLength(2);
  });
});
