import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { MailEvent } from "../../../core/email/mail-event.ts";
import { settle } from "../../../core/email/settle.ts";
import { cohortOf, type Counter, countsOf, sumOf } from "../../../core/reputation/mail-counts.ts";
import { TIER_POLICY } from "../../../core/reputation/read-tier-policy.ts";
import { sampleEvent } from "../../support/email-samples.ts";
import { eventContent } from "../../support/mail-event-arbitrary.ts";

type Said = Partial<MailEvent>;
const delivery: Said = { type: "Delivery" };
const bounce = (bounceSubtype: string, bounceType: MailEvent["bounceType"] = "Permanent"): Said => ({
  type: "Bounce",
  bounceType,
  bounceSubtype,
});
const complaint = (said: Said = {}): Said => ({ type: "Complaint", ...said });

const eventsOf = (said: readonly Said[]): MailEvent[] => said.map((changes, n) => sampleEvent(1, n, changes));
const countsAfter = (events: readonly MailEvent[], cohortAt: number | null = 0) =>
  countsOf({ ...settle(events), sendOutcome: "sent", cohortAt });

describe("what one mail counts as", () => {
  const rows: readonly (readonly [string, readonly Said[], readonly Counter[]])[] = [
    ["sent, and nothing more known", [], ["taken", "sent"]],
    ["delivered", [delivery], ["taken", "sent", "delivered"]],
    ["bounced", [bounce("General")], ["taken", "sent", "bounced"]],
    ["a full mailbox", [bounce("MailboxFull", "Transient")], ["taken", "sent", "bounced"]],
    ["out of office", [delivery, bounce("General", "Transient")], ["taken", "sent", "delivered"]],
    ["complained", [delivery, complaint()], ["taken", "sent", "delivered", "complained"]],
    [
      "taken out of the spam folder",
      [delivery, complaint({ complaintFeedbackType: "not-spam" })],
      ["taken", "sent", "delivered"],
    ],
    ["stopped by the tenant's list", [bounce("OnTenantSuppressionList")], []],
    ["by the account's", [bounce("OnAccountSuppressionList")], []],
    ["by SES's own", [bounce("Suppressed")], []],
    ["as a complaint", [complaint({ complaintSubtype: "OnAccountSuppressionList" })], []],
    ["a real bounce beside it", [bounce("Suppressed"), bounce("NoEmail")], ["taken", "sent", "bounced"]],
    ["rejected for its contents", [{ type: "Reject" }], ["taken", "sent"]],
  ];
  test.each(rows)("%s", (_, said, names) => {
    const counted = Object.entries(countsAfter(eventsOf(said))).filter(([, count]) => count > 0);
    expect(counted.map(([name]) => name)).toEqual([...names]);
  });

  test("until it is known to be sent it takes capacity and counts in no rate", () => {
    for (const sendOutcome of ["sending", "unknown"] as const)
      expect(sumOf([countsOf({ ...settle([]), sendOutcome, cohortAt: 0 })])).toEqual({
        taken: 1,
        sent: 0,
        delivered: 0,
        bounced: 0,
        complained: 0,
      });
  });

  test("without a cohort it counts in nothing", () => {
    const said = [delivery, complaint(), bounce("General")];
    expect(Object.values(countsAfter(eventsOf(said), null))).toEqual([0, 0, 0, 0, 0]);
  });
});

test("mail to the simulator has no cohort", () => {
  const now = Date.parse("2026-03-01T10:30:00.000Z");
  expect(cohortOf(TIER_POLICY, "Bounce+x@Simulator.AmazonSES.com", now)).toBeNull();
  expect(cohortOf(TIER_POLICY, "pat@notsimulator.amazonses.com", now)).toBe(
    Date.parse("2026-03-01T10:00:00.000Z"),
  );
});

test("neither order nor repetition of events changes what a mail counts as", () => {
  fc.assert(
    fc.property(
      fc.array(eventContent, { maxLength: 6 }).chain((contents) => {
        const events = eventsOf(contents);
        return fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: 0 }));
      }),
      ([events, shuffled]) => {
        const rest = events.filter((event) => !shuffled.includes(event));
        expect(countsAfter([...shuffled, ...rest])).toEqual(countsAfter(events));
      },
    ),
  );
});
