import { describe, expect, test } from "bun:test";
import {
  assignedTarget,
  type NumberTarget,
  releasedTarget,
  restoredTarget,
  webhookUrl,
} from "../../../core/voice/phone-number.ts";
import { POINTS_NOWHERE } from "../../support/fake-voice-provider.ts";

const PUBLIC_URL = "https://postrider.example";
const USE_CASE = "00000000-0000-7000-8000-000000000001";
const OTHER = "00000000-0000-7000-8000-000000000002";
const OURS = {
  voiceUrl: webhookUrl(PUBLIC_URL, USE_CASE, "voice"),
  statusCallback: webhookUrl(PUBLIC_URL, USE_CASE, "status"),
};
const ELSEWHERE = {
  voiceUrl: "https://elsewhere.example/voice",
  statusCallback: "https://elsewhere.example/status",
};
const SIDS = { voiceApplicationSid: `AP${"0".repeat(32)}`, trunkSid: `TK${"0".repeat(32)}` };

const pointing = (target: Partial<NumberTarget>): NumberTarget => ({ ...POINTS_NOWHERE, ...target });

describe("assigning", () => {
  const pointed = { ...OURS, voiceMethod: "POST", statusCallbackMethod: "POST" };
  test.each<[string, Partial<NumberTarget>, object]>([
    ["points both webhooks here, and names nothing that is not set", ELSEWHERE, {}],
    [
      "clears an application",
      { voiceApplicationSid: SIDS.voiceApplicationSid },
      { voiceApplicationSid: null },
    ],
    ["clears a trunk", { trunkSid: SIDS.trunkSid }, { trunkSid: null }],
  ])("%s", (_, before, cleared) => {
    const change: object = assignedTarget(PUBLIC_URL, USE_CASE, pointing(before));
    expect(change).toEqual({ ...pointed, ...cleared });
  });
});

describe("releasing", () => {
  test.each<[string, Partial<NumberTarget>, Partial<NumberTarget>]>([
    ["clears both webhooks", OURS, { voiceUrl: "", statusCallback: "" }],
    ["leaves a voice URL set since", { ...OURS, voiceUrl: ELSEWHERE.voiceUrl }, { statusCallback: "" }],
    ["leaves a callback set since", { ...OURS, statusCallback: "" }, { voiceUrl: "" }],
    ["changes nothing of a number that points elsewhere", ELSEWHERE, {}],
    ["leaves what points at another use case", { voiceUrl: webhookUrl(PUBLIC_URL, OTHER, "voice") }, {}],
    [
      "knows its own under an address we had before",
      { voiceUrl: webhookUrl("https://former.example", USE_CASE, "voice") },
      { voiceUrl: "" },
    ],
    ["knows its own with a query put behind it", { voiceUrl: `${OURS.voiceUrl}?menu=1` }, { voiceUrl: "" }],
    [
      "knows its own with a fragment",
      { statusCallback: `${OURS.statusCallback}#rc=2` },
      { statusCallback: "" },
    ],
    ["leaves a URL that only mentions it", { voiceUrl: `${ELSEWHERE.voiceUrl}?then=${OURS.voiceUrl}` }, {}],
    [
      "clears a hook that was put in the other place by hand",
      { voiceUrl: OURS.statusCallback },
      { voiceUrl: "" },
    ],
  ])("%s", (_, now, change) => {
    expect(releasedTarget(pointing(now), USE_CASE)).toEqual(change);
  });
});

describe("undoing an assignment", () => {
  const undo = (now: Partial<NumberTarget>, former: Partial<NumberTarget>): Partial<NumberTarget> =>
    restoredTarget(pointing(now), pointing(former), USE_CASE, PUBLIC_URL);
  const { voiceApplicationSid: _application, trunkSid: _trunk, ...urls } = POINTS_NOWHERE;

  test("puts back what it pointed at, with its methods", () => {
    const former = { ...ELSEWHERE, voiceMethod: "GET" } as const;
    expect(undo(OURS, former)).toEqual({ ...urls, ...former });
  });
  test("puts back an application or a trunk", () => {
    expect(undo(OURS, { trunkSid: SIDS.trunkSid })).toEqual({ ...urls, trunkSid: SIDS.trunkSid });
    const { voiceApplicationSid } = SIDS;
    expect(undo(OURS, { voiceApplicationSid })).toEqual({ ...urls, voiceApplicationSid });
  });
  test("changes nothing when the number points elsewhere by now", () => {
    expect(undo(ELSEWHERE, POINTS_NOWHERE)).toEqual({});
  });
  test("puts nothing of ours back", () => {
    const leftover = {
      voiceUrl: webhookUrl(PUBLIC_URL, OTHER, "voice"),
      statusCallback: OURS.statusCallback,
    };
    expect(undo(OURS, leftover)).toEqual(urls);
  });
});
