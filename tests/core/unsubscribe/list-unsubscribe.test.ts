import { describe, expect, test } from "bun:test";
import { renderHeader } from "../../../core/message/headers.ts";
import {
  tokenOfAddress,
  unsubscribeHeaders,
  unsubscribeLink,
} from "../../../core/unsubscribe/list-unsubscribe.ts";
import { sampleUseCase } from "../../support/channel-samples.ts";

const TOKEN = "a2b3c4d5".repeat(7);
const DOMAIN = "mail.clinic.example";
const link = unsubscribeLink("https://api.clinic.example", DOMAIN, TOKEN);
const useCase = sampleUseCase({ id: "setup", workspaceId: "workspace" }, 1);

describe("the headers", () => {
  test("of every message: https first, then mailto, and the RFC's own text", () => {
    expect(unsubscribeHeaders(link, useCase, DOMAIN).map(renderHeader)).toEqual([
      `List-Unsubscribe: <https://api.clinic.example/u/${TOKEN}>,\r\n <mailto:u+${TOKEN}@${DOMAIN}>\r\n`,
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    ]);
  });

  test("of marketing: the list's name in our own domain, after the use case's", () => {
    const marketing = { ...useCase, emailType: "marketing", name: "Grüße" } as const;
    const [, , listId] = unsubscribeHeaders(link, marketing, DOMAIN).map(renderHeader);
    expect(listId).toBe(`List-Id: =?UTF-8?B?R3LDvMOfZQ==?=\r\n <${useCase.id}.${DOMAIN}>\r\n`);
  });
});

describe("the token in an address", () => {
  test.each([
    [`u+${TOKEN}@${DOMAIN}`, TOKEN],
    [`U+${TOKEN.toUpperCase()}@MAIL.example`, TOKEN.toUpperCase()],
    [`u@${DOMAIN}`, null],
    [`u+@${DOMAIN}`, null],
    [`u+to.ken@${DOMAIN}`, null],
    [`you+${TOKEN}@${DOMAIN}`, null],
    ["u+abc", null],
    ["", null],
  ])("%p: %p", (address, token) => {
    expect(tokenOfAddress(address)).toBe(token);
  });
});
