import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { SettledEmail } from "../../../core/email/email.ts";
import type { MailEvent } from "../../../core/email/mail-event.ts";
import { settle } from "../../../core/email/settle.ts";
import { sampleEvent } from "../../support/email-samples.ts";
import { eventContent } from "../../support/mail-event-arbitrary.ts";

const NOTHING: SettledEmail = {
  state: "sent",
  deliveredAt: null,
  bouncedAt: null,
  bounceType: null,
  bounceSubtype: null,
  complainedAt: null,
  countedBounces: 0,
  countedComplaints: 0,
  rejectedAt: null,
  deliveryDelayAt: null,
  firstOpenAt: null,
  lastOpenAt: null,
  openCount: 0,
  machineOpenCount: 0,
  firstClickAt: null,
  lastClickAt: null,
  clickCount: 0,
  machineClickCount: 0,
};

type Said = Partial<MailEvent>;
const delivery = (occurredAt: number): Said => ({ type: "Delivery", occurredAt });
const bounce = (
  occurredAt: number,
  bounceType: MailEvent["bounceType"],
  bounceSubtype: string | null,
): Said => ({
  type: "Bounce",
  occurredAt,
  bounceType,
  bounceSubtype,
});
const autoReply = (occurredAt: number): Said => bounce(occurredAt, "Transient", "General");
const complaint = (occurredAt: number, complaintFeedbackType: string | null = "abuse"): Said => ({
  type: "Complaint",
  occurredAt,
  complaintFeedbackType,
});
const reject = (occurredAt: number): Said => ({ type: "Reject", occurredAt });
const delay = (occurredAt: number): Said => ({ type: "DeliveryDelay", occurredAt });
const open = (occurredAt: number, isLikelyBot = false): Said => ({ type: "Open", occurredAt, isLikelyBot });
const click = (occurredAt: number, isLikelyBot = false): Said => ({ type: "Click", occurredAt, isLikelyBot });

const eventsOf = (said: readonly Said[]): MailEvent[] => said.map((changes, n) => sampleEvent(1, n, changes));

describe("settle", () => {
  const rows: readonly [string, readonly Said[], Partial<SettledEmail>][] = [
    ["no event: sent", [], {}],
    ["Send and Rendering Failure say nothing", [{ type: "Send" }, { type: "RenderingFailure" }], {}],
    [
      "the first of several deliveries counts",
      [delivery(3), delivery(2)],
      { state: "delivered", deliveredAt: 2 },
    ],
    [
      "a rejection outranks a delivery",
      [delivery(1), reject(2)],
      { state: "rejected", deliveredAt: 1, rejectedAt: 2 },
    ],
    [
      "a bounce outranks delivery and rejection",
      [bounce(3, "Permanent", "NoEmail"), reject(2), delivery(1)],
      {
        state: "bounced",
        deliveredAt: 1,
        rejectedAt: 2,
        bouncedAt: 3,
        countedBounces: 1,
        bounceType: "Permanent",
        bounceSubtype: "NoEmail",
      },
    ],
    [
      "a complaint outranks everything",
      [complaint(4), bounce(3, "Transient", "MailboxFull"), delivery(1)],
      {
        state: "complained",
        deliveredAt: 1,
        bouncedAt: 3,
        countedBounces: 1,
        bounceType: "Transient",
        bounceSubtype: "MailboxFull",
        complainedAt: 4,
        countedComplaints: 1,
      },
    ],
    [
      "a complaint without a type is one",
      [complaint(1, null)],
      { state: "complained", complainedAt: 1, countedComplaints: 1 },
    ],
    ["not-spam is no complaint", [complaint(1, "not-spam")], {}],
    [
      "not-spam does not undo a complaint",
      [complaint(1, "not-spam"), complaint(2)],
      { state: "complained", complainedAt: 2, countedComplaints: 1 },
    ],
    [
      "an out-of-office reply after delivery",
      [delivery(1), autoReply(2)],
      { state: "delivered", deliveredAt: 1 },
    ],
    [
      "an out-of-office reply before delivery",
      [autoReply(1), delivery(2)],
      { state: "delivered", deliveredAt: 2 },
    ],
    [
      "the same bounce without a delivery is one",
      [autoReply(1)],
      {
        state: "bounced",
        bouncedAt: 1,
        countedBounces: 1,
        bounceType: "Transient",
        bounceSubtype: "General",
      },
    ],
    [
      "another transient bounce after delivery is one",
      [delivery(1), bounce(2, "Transient", "MailboxFull")],
      {
        state: "bounced",
        deliveredAt: 1,
        bouncedAt: 2,
        countedBounces: 1,
        bounceType: "Transient",
        bounceSubtype: "MailboxFull",
      },
    ],
    [
      "an out-of-office reply is neither first nor worst among bounces",
      [delivery(1), autoReply(2), bounce(3, "Undetermined", "Undetermined")],
      {
        state: "bounced",
        deliveredAt: 1,
        bouncedAt: 3,
        countedBounces: 1,
        bounceType: "Undetermined",
        bounceSubtype: "Undetermined",
      },
    ],
    [
      "the worst bounce describes the mail, the first one dates it",
      [
        bounce(1, "Transient", "MailboxFull"),
        bounce(2, "Undetermined", "Undetermined"),
        bounce(3, "Permanent", "General"),
      ],
      {
        state: "bounced",
        bouncedAt: 1,
        countedBounces: 3,
        bounceType: "Permanent",
        bounceSubtype: "General",
      },
    ],
    [
      "undetermined is worse than transient",
      [bounce(1, "Transient", "MailboxFull"), bounce(2, "Undetermined", "Undetermined")],
      {
        state: "bounced",
        bouncedAt: 1,
        countedBounces: 2,
        bounceType: "Undetermined",
        bounceSubtype: "Undetermined",
      },
    ],
    [
      "of equally severe bounces the earliest describes it",
      [bounce(2, "Permanent", "General"), bounce(1, "Permanent", "NoEmail")],
      {
        state: "bounced",
        bouncedAt: 1,
        countedBounces: 2,
        bounceType: "Permanent",
        bounceSubtype: "NoEmail",
      },
    ],
    [
      "a bounce without a type is one",
      [bounce(1, null, null)],
      { state: "bounced", bouncedAt: 1, countedBounces: 1 },
    ],
    [
      "the most recent delay is shown, and is no state",
      [delay(2), delay(5), delay(3)],
      { deliveryDelayAt: 5 },
    ],
    [
      "opens are raw totals, machines counted in them",
      [open(3), open(1, true), open(2)],
      { firstOpenAt: 1, lastOpenAt: 3, openCount: 3, machineOpenCount: 1 },
    ],
    [
      "clicks are raw totals, machines counted in them",
      [click(1), click(5, true)],
      { firstClickAt: 1, lastClickAt: 5, clickCount: 2, machineClickCount: 1 },
    ],
    ["an open alone does not make it delivered", [open(1)], { firstOpenAt: 1, lastOpenAt: 1, openCount: 1 }],
    [
      "a bounce from a suppression list is one, and counts against nobody",
      [bounce(1, "Permanent", "OnTenantSuppressionList")],
      { state: "bounced", bouncedAt: 1, bounceType: "Permanent", bounceSubtype: "OnTenantSuppressionList" },
    ],
    [
      "so is a complaint",
      [{ ...complaint(1), complaintSubtype: "OnAccountSuppressionList" }],
      { state: "complained", complainedAt: 1 },
    ],
  ];
  test.each(rows)("%s", (_name, said, expected) => {
    const events = eventsOf(said);
    expect(settle(events)).toEqual({ ...NOTHING, ...expected });
    expect(settle(events.toReversed())).toEqual({ ...NOTHING, ...expected });
  });

  test("is a function of the set: neither order nor copies change it", () => {
    const ledger = fc.array(eventContent, { maxLength: 12 }).map(eventsOf);
    const shuffledWithCopies = ledger.chain((events) =>
      fc
        .record({
          extra:
            events.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...events), { maxLength: 8 }),
        })
        .chain(({ extra }) =>
          fc
            .shuffledSubarray([...events, ...extra], { minLength: events.length + extra.length })
            .map((copies) => ({
              events,
              copies: copies.map((event, n) => ({ ...event, notificationId: `again-${n}` })),
            })),
        ),
    );
    fc.assert(
      fc.property(shuffledWithCopies, ({ events, copies }) => {
        expect(settle(copies)).toEqual(settle(events));
      }),
      { numRuns: 500 },
    );
  });
});
