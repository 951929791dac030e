import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { MailEvent } from "../../../core/email/mail-event.ts";
import { type Lifts, type MailHistory, suppressionsFounded } from "../../../core/suppression/founding.ts";
import { emailId, sampleEvent } from "../../support/email-samples.ts";
import { eventContent } from "../../support/mail-event-arbitrary.ts";

const DAY = 24 * 60 * 60 * 1000;
type Said = Partial<MailEvent>;

const complaint = (occurredAt: number, changes: Said = {}): Said => ({
  type: "Complaint",
  occurredAt,
  ...changes,
});
const bounce = (occurredAt: number, bounceType: MailEvent["bounceType"], bounceSubtype: string): Said => ({
  type: "Bounce",
  occurredAt,
  bounceType,
  bounceSubtype,
});
const soft = (occurredAt: number, subtype = "MailboxFull"): Said => bounce(occurredAt, "Transient", subtype);
const delivery = (occurredAt: number): Said => ({ type: "Delivery", occurredAt });

let eventCount = 0;
const historyOf = (mails: readonly (readonly Said[])[]): readonly MailHistory[] =>
  mails.map((said, index) => ({
    emailId: emailId(index + 1),
    events: said.map((content) => ({ ...sampleEvent(index + 1, ++eventCount), ...content })),
  }));

/** What is founded: reason, since, source mail's number, and days until it expires. */
type Founded = readonly [reason: string, since: number, mail: number, days?: number];
const foundedBy = (mails: readonly (readonly Said[])[], lifts: Lifts = {}): readonly Founded[] =>
  suppressionsFounded(historyOf(mails), lifts).map(({ reason, since, expiresAt, sourceEmailId }) => {
    const told = [reason, since, Number(sourceEmailId.slice(-12))] as const;
    return expiresAt === null ? told : [...told, (expiresAt - since) / DAY];
  });

describe("what events found", () => {
  const rows: [
    name: string,
    mails: readonly (readonly Said[])[],
    founded: readonly Founded[],
    lifts?: Lifts,
  ][] = [
    ["nothing", [[], [delivery(1)]], []],
    ["a complaint", [[delivery(1), complaint(2)]], [["complaint", 2, 1]]],
    ["an abuse report", [[complaint(2, { complaintFeedbackType: "abuse" })]], [["complaint", 2, 1]]],
    ["not-spam", [[complaint(2, { complaintFeedbackType: "not-spam" })]], []],
    [
      "a complaint of the account's list",
      [[complaint(2, { complaintSubtype: "OnAccountSuppressionList" })]],
      [],
    ],
    [
      "a complaint of the tenant's list",
      [[complaint(2, { complaintSubtype: "OnTenantSuppressionList" })]],
      [],
    ],
    ["a hard bounce", [[bounce(3, "Permanent", "General")]], [["hard_bounce", 3, 1]]],
    ["no such mailbox", [[bounce(3, "Permanent", "NoEmail")]], [["hard_bounce", 3, 1]]],
    ["SES's own list", [[bounce(3, "Permanent", "Suppressed")]], []],
    ["the account's list", [[bounce(3, "Permanent", "OnAccountSuppressionList")]], []],
    ["the tenant's list", [[bounce(3, "Permanent", "OnTenantSuppressionList")]], []],
    ["address validation", [[bounce(3, "Permanent", "EmailValidationSuppressed")]], []],
    ["a bounce of unknown kind", [[bounce(3, "Undetermined", "Undetermined")]], []],
    ["an out-of-office reply, before or after the delivery", [[soft(1, "General"), delivery(2)]], []],
    ["the earliest counts", [[complaint(9)], [complaint(4), complaint(7)]], [["complaint", 4, 2]]],
    [
      "both kinds at once",
      [[bounce(3, "Permanent", "General")], [complaint(2)]],
      [
        ["complaint", 2, 2],
        ["hard_bounce", 3, 1],
      ],
    ],
    ["one soft bounce", [[soft(1)]], []],
    ["two soft bounces", [[soft(1)], [soft(2)]], []],
    ["the third in a row", [[soft(1)], [soft(2)], [soft(3)]], [["soft_bounce", 3, 3, 7]]],
    [
      "the third in a row, of all kinds that count",
      [[soft(1, "MailboxFull")], [soft(2, "General")], [soft(3, "CustomTimeoutExceeded")]],
      [["soft_bounce", 3, 3, 7]],
    ],
    ["since the last of them came back", [[soft(5)], [soft(2)], [soft(3)]], [["soft_bounce", 5, 3, 7]]],
    ["a fourth moves it on", [[soft(1)], [soft(2)], [soft(3)], [soft(4)]], [["soft_bounce", 4, 4, 7]]],
    ["a delivery between", [[soft(1)], [delivery(2)], [soft(3)], [soft(4)]], []],
    ["a delivery after", [[soft(1)], [soft(2)], [soft(3)], [delivery(4)]], []],
    ["a delivery before", [[delivery(1)], [soft(2)], [soft(3)], [soft(4)]], [["soft_bounce", 4, 4, 7]]],
    ["one on its way between", [[soft(1)], [], [soft(3)], [soft(4)]], [["soft_bounce", 4, 4, 7]]],
    [
      "one rejected between",
      [[soft(1)], [{ type: "Reject" }], [soft(3)], [soft(4)]],
      [["soft_bounce", 4, 4, 7]],
    ],
    [
      "an out-of-office reply between",
      [[soft(1)], [soft(2, "General"), delivery(2)], [soft(3)], [soft(4)]],
      [],
    ],
    ["too large a message between", [[soft(1)], [soft(2, "MessageTooLarge")], [soft(3)], [soft(4)]], []],
    [
      "three messages too large",
      [[soft(1, "MessageTooLarge")], [soft(2, "MessageTooLarge")], [soft(3, "MessageTooLarge")]],
      [],
    ],
    [
      "three contents rejected",
      [[soft(1, "ContentRejected")], [soft(2, "ContentRejected")], [soft(3, "AttachmentRejected")]],
      [],
    ],

    ["a complaint that is lifted", [[complaint(4)]], [], { complaint: 4 }],
    ["a complaint after the lift", [[complaint(4), complaint(6)]], [["complaint", 6, 1]], { complaint: 5 }],
    ["a lift of another reason", [[complaint(4)]], [["complaint", 4, 1]], { hard_bounce: 9, soft_bounce: 9 }],
    ["soft bounces that are lifted", [[soft(1)], [soft(2)], [soft(3)]], [], { soft_bounce: 3 }],
    ["one more after the lift", [[soft(1)], [soft(2)], [soft(3)], [soft(5)]], [], { soft_bounce: 4 }],
    [
      "three more after the lift",
      [[soft(1)], [soft(2)], [soft(3)], [soft(5)], [soft(6)], [soft(7)]],
      [["soft_bounce", 7, 6, 7]],
      { soft_bounce: 4 },
    ],
  ];
  test.each(rows.map(([name, mails, founded, lifts = {}]) => [name, mails, founded, lifts] as const))(
    "%s",
    (_, mails, founded, lifts) => {
      expect(foundedBy(mails, lifts)).toEqual(founded);
    },
  );

  const content = fc.array(fc.array(eventContent, { maxLength: 4 }), { maxLength: 5 });

  test("neither the order of events nor their repetition matters", () => {
    fc.assert(
      fc.property(content, fc.nat(), (mails, seed) => {
        const history = historyOf(mails);
        const told = history.map(({ emailId: id, events }) => ({
          emailId: id,
          events: [...events, ...events].toSorted(
            (a, b) => ((a.occurredAt ^ seed) % 7) - ((b.occurredAt ^ seed) % 7),
          ),
        }));
        expect(suppressionsFounded(told, {})).toEqual(suppressionsFounded(history, {}));
      }),
    );
  });

  test("a complaint or hard bounce is ended by nothing but a lift of its own reason, and not by an older one", () => {
    fc.assert(
      fc.property(
        content,
        eventContent,
        fc.record({ soft_bounce: fc.nat(), hard_bounce: fc.nat() }),
        (mails, more, lifts) => {
          const before = foundedBy(mails, lifts).filter(([reason]) => reason !== "soft_bounce");
          const after = foundedBy([...mails, [more]], lifts).map(([reason]) => reason);
          for (const [reason, since] of before) {
            expect(after).toContain(reason);
            const olderLift = { ...lifts, [reason]: since - 1 };
            expect(foundedBy(mails, olderLift).map(([kind]) => kind)).toContain(reason);
          }
        },
      ),
    );
  });
});
