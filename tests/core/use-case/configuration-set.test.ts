import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { configurationSetName, configurationSetSeed } from "../../../core/use-case/configuration-set.ts";
import { senderAddressFault } from "../../../core/use-case/sender-address.ts";
import { sendingPool } from "../../../core/use-case/sending-pool.ts";

const DIGEST = Uint8Array.from({ length: 32 }, (_, index) => index);

describe("configurationSetName", () => {
  const rows: [name: string, entity: string, useCase: string, expected: string][] = [
    ["words", "North Clinic", "Appointment Reminders", "north-clinic-appointment-reminders-aaaqeaye"],
    ["accents", "Müller", "Überweisung", "muller-uberweisung-aaaqeaye"],
    ["ligatures and full width", "ﬁne", "Ａｂｃ", "fine-abc-aaaqeaye"],
    ["one name without ASCII", "日本語", "Recall", "recall-aaaqeaye"],
    ["both names without ASCII", "日本語", "予約", "use-case-aaaqeaye"],
  ];
  test.each(rows)("%s", (_, entity, useCase, expected) => {
    expect(configurationSetName(entity, useCase, DIGEST)).toBe(expected);
  });

  const name = fc.string({ unit: "grapheme", maxLength: 31 });
  test("is what SES takes, whatever the names and the digest", () => {
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(name, name, digest, (entity, useCase, octets) => {
        const derived = configurationSetName(entity, useCase, octets);
        expect(derived).toMatch(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[a-z2-7]{8}$/);
        expect(derived.length).toBeLessThanOrEqual(64);
      }),
    );
  });

  test("uses the room there is", () => {
    expect(configurationSetName("a".repeat(31), "b".repeat(31), DIGEST)).toHaveLength(64);
  });
});

describe("the seed of the digest", () => {
  test("is one for pairs that count as the same, and tells pairs and workspaces apart", () => {
    const seed = configurationSetSeed("w", "North Clinic", "Recall");
    expect(configurationSetSeed("w", "NORTH clinic", "recall")).toBe(seed);
    expect(configurationSetSeed("v", "North Clinic", "Recall")).not.toBe(seed);
    expect(configurationSetSeed("w", "North", "Clinic Recall")).not.toBe(seed);
  });
});

describe("senderAddressFault", () => {
  const rows: [local: string, domain: string, kind: string | null][] = [
    ["reminders", "mail.clinic.example", null],
    ["U2", "mail.clinic.example", null],
    ["user", "mail.clinic.example", null],
    ["abuse+x", "mail.clinic.example", null],
    ["reminders", "clinic.example", "sender_domain_mismatch"],
    ["reminders", "sub.mail.clinic.example", "sender_domain_mismatch"],
    ["reminders", "xmail.clinic.example", "sender_domain_mismatch"],
    ["u", "clinic.example", "sender_domain_mismatch"],
    ["u", "mail.clinic.example", "sender_address_reserved"],
    ["U", "mail.clinic.example", "sender_address_reserved"],
    ["u+anything", "mail.clinic.example", "sender_address_reserved"],
    ["bounce", "mail.clinic.example", "sender_address_reserved"],
    ["Postmaster", "mail.clinic.example", "sender_address_reserved"],
    ["abuse", "mail.clinic.example", "sender_address_reserved"],
    ["MAILER-DAEMON", "mail.clinic.example", "sender_address_reserved"],
  ];
  test.each(rows)("%s@%s: %p", (local, domain, kind) => {
    expect(senderAddressFault({ local, domain }, "mail.clinic.example")?.kind ?? null).toBe(kind as never);
  });

  test("names the domain it should have been", () => {
    expect(senderAddressFault({ local: "a", domain: "b.example" }, "c.example")).toEqual({
      kind: "sender_domain_mismatch",
      expectedDomain: "c.example",
    });
  });
});

test("sendingPool: one for each type and tier, shared where there is none and for the suspended", () => {
  expect(sendingPool("managed", "transactional", "onboarding")).toBe("transactional-onboarding");
  expect(sendingPool("managed", "marketing", "premium")).toBe("marketing-premium");
  expect(sendingPool("managed", "marketing", "suspended")).toBeNull();
  expect(sendingPool("none", "transactional", "standard")).toBeNull();
});
