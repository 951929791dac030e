import { describe, expect, test } from "bun:test";
import {
  SEND_LEASE_MS,
  type SendOutcomeKind,
  type ShownSendOutcome,
  shownSendOutcome,
  TRACE_MS,
} from "../../../core/email/email-state.ts";

describe("what a caller is told of a send", () => {
  const rows: readonly [string, SendOutcomeKind, number, ShownSendOutcome][] = [
    ["a request that has just begun is pending", "sending", 0, "pending"],
    ["within the lease it is pending", "sending", SEND_LEASE_MS - 1, "pending"],
    ["when the lease ends its request must have died", "sending", SEND_LEASE_MS, "unknown"],
    ["long after a crash it is unknown", "sending", 10 * SEND_LEASE_MS, "unknown"],
    ["what the provider accepted is sent", "sent", 0, "sent"],
    ["an unknown outcome is unknown at once", "unknown", 0, "unknown"],
    ["a day without a trace: it was not taken", "unknown", TRACE_MS, "refused"],
    ["a day after a crash without a trace: it was not taken", "sending", TRACE_MS, "refused"],
    ["until then it is unknown", "sending", TRACE_MS - 1, "unknown"],
    ["a row of a clock that is ahead is pending", "sending", -SEND_LEASE_MS, "pending"],
    ["what was sent stays sent", "sent", 10 * TRACE_MS, "sent"],
  ];
  test.each(rows)("%s", (_name, sendOutcome, ageMs, shown) => {
    const writtenAt = 1_767_225_600_000;
    expect(shownSendOutcome({ sendOutcome, writtenAt }, writtenAt + ageMs)).toBe(shown);
  });
});
