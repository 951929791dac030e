// Receiving on real stores: to whom a mail goes, what is kept of one that cannot be read or is not there, and that doing it
// again changes nothing.
import { describe, expect, test } from "bun:test";
import { rawBlobKey, textBlobKey } from "../../../core/inbound/inbound-blobs.ts";
import {
  locateInboundFile,
  locateRaw,
  readInbound,
  readInboundBody,
} from "../../../core/inbound/read-inbound.ts";
import { receiveInbound } from "../../../core/inbound/receive-inbound.ts";
import { INBOUND_BYTES_MAX, STORED_BYTES_MAX } from "../../../core/inbound/parsed-message.ts";
import { deleteSetup } from "../../../core/setup/delete-setup.ts";
import { deriveDnsRecords } from "../../../core/setup/dns-records.ts";
import { LEASE_MS } from "../../../core/tasks/task.ts";
import { INBOUND_BUCKET } from "../../support/fake-storage.ts";
import {
  ANN,
  keyOf,
  makeInboundWorld,
  message,
  NEIGHBOUR_DOMAIN,
  OTHER_DOMAIN,
  receiptOf,
} from "../../support/inbound-world.ts";
import { checked, createdSetup, DOMAIN, outcomeOf } from "../../support/setup-world.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const BACKOFF_MS = 15_000;

const addressesOf = (emails: readonly { readonly toAddresses: readonly string[] }[]) =>
  emails.map(({ toAddresses }) => toAddresses);

describe("a mail goes to the verified setups of its envelope's domains", () => {
  test("once to each, with that setup's recipients only; what its header says does not matter", async () => {
    const world = await makeInboundWorld();
    const recipients = [
      `hello@${DOMAIN}`,
      `a@${NEIGHBOUR_DOMAIN}`,
      `b@${OTHER_DOMAIN}`,
      `c@${DOMAIN}`,
      `d@sub.${DOMAIN}`,
      "e@unknown.example",
      "f@example",
    ];
    await world.tell(world.lay(1, { recipients }));
    const [own = [], other = [], neighbour = []] = await world.received();
    expect([own, other, neighbour].map(addressesOf)).toEqual([
      [[`hello@${DOMAIN}`, `c@${DOMAIN}`]],
      [[`b@${OTHER_DOMAIN}`]],
      [[`a@${NEIGHBOUR_DOMAIN}`]],
    ]);
    expect(new Set([own, other, neighbour].flat().map(({ id }) => id)).size).toBe(3);
    expect(own[0]).toMatchObject({ subject: "Question 1", fromAddress: ANN, parseStatus: "parsed" });
  });

  test("one that is for nobody of ours is not even fetched", async () => {
    const world = await makeInboundWorld();
    for (const [n, recipients] of [[], ["x@unknown.example"], [`x@sub.${DOMAIN}`]].entries()) {
      const mail = world.lay(n, { recipients });
      world.ports.inboundMailbox.remove(mail.place.key);
      await world.tell(mail);
    }
    const ended = await world.settle(0);
    expect(ended.filter(({ kind, end }) => kind === "receive_inbound" && end.kind !== "done")).toEqual([]);
    expect((await world.received()).flat()).toEqual([]);
    expect(world.ports.blobs.blobs.size).toBe(0);
    expect(await world.settle(DAY_MS / 2)).not.toContainEqual(
      expect.objectContaining({ kind: "receive_inbound" }),
    );
  });

  test("not to one that was never verified or is deleted; to one that was and lost a record", async () => {
    const world = await makeInboundWorld();
    const { ports, setups } = world;
    const [own, other] = setups;
    const never = await createdSetup(world, "mail.never.example");
    for (const { address, type } of deriveDnsRecords(own)) ports.dns.set(address, type, []);
    expect(await checked(world, own.id)).toMatchObject({ dnsVerified: false });
    const deleted = await deleteSetup(ports, { workspaceId: world.workspaceId, setupId: other.id });
    expect(outcomeOf(deleted)).toBe("done");
    await world.tell(
      world.lay(1, {
        recipients: [`a@${DOMAIN}`, `b@${OTHER_DOMAIN}`, `c@${never.domainIdentity}`],
      }),
    );
    expect((await world.received()).map(addressesOf)).toEqual([[[`a@${DOMAIN}`]], [], []]);
  });

  test("once for each receipt, however many rules laid it down and however often it is told of", async () => {
    const world = await makeInboundWorld();
    const first = world.lay(1);
    const second = { ...first, place: { bucket: INBOUND_BUCKET, key: `other/${receiptOf(1)}` } };
    world.ports.inboundMailbox.put(second.place.key, message(1), first.receivedAt);
    for (const mail of [first, second, first, second]) await world.tell(mail);
    await world.tell(world.lay(2, { raw: message(1) }));
    const [own = []] = await world.received();
    expect(own.map(({ subject }) => subject)).toEqual(["Question 1", "Question 1"]);
  });
});

test("a tick holds one mail at a time, and leaves none", async () => {
  const world = await makeInboundWorld();
  const { ports } = world;
  const full = { ...ports, receivingSlots: { take: () => Promise.resolve(null) } };
  for (const n of [1, 2, 3, 4]) await world.tell(world.lay(n), full);
  let held = 0;
  const holding: number[] = [];
  const mailbox: typeof ports.inboundMailbox = Object.create(ports.inboundMailbox);
  mailbox.get = (place) => {
    held += 1;
    holding.push(held);
    return ports.inboundMailbox.get(place);
  };
  const inbound: typeof ports.inbound = {
    ...ports.inbound,
    async settleArrival(id) {
      held -= 1;
      await ports.inbound.settleArrival(id);
    },
  };
  await world.settle(0, { ...ports, inboundMailbox: mailbox, inbound });
  expect(holding).toEqual([1, 1, 1, 1]);
  expect((await world.received())[0]?.length).toBe(4);
});

describe("what is kept", () => {
  test("raw first, without what SES wrote on top; then it is read; then bodies and files; then the row", async () => {
    const world = await makeInboundWorld();
    const { blobs, sha256, messageParser } = world.ports;
    const puts: string[] = [];
    const put = blobs.put.bind(blobs);
    blobs.put = async (key, content) => {
      puts.push(key.slice(key.lastIndexOf("/") + 1));
      expect((await world.received()).flat()).toEqual([]);
      return put(key, content);
    };
    const mail = world.lay(1, {
      verdicts: { spam: "FAIL", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "FAIL" },
    });
    const parse: typeof messageParser.parse = (raw) => {
      puts.push("(read)");
      return messageParser.parse(raw);
    };
    await world.tell(mail, { ...world.ports, messageParser: { parse } });
    expect(puts).toEqual(["raw", "(read)", "html", "text", "file-0", "file-1"]);
    const email = await world.onlyEmail();
    expect(email).toMatchObject({
      receivedAt: mail.receivedAt,
      verdicts: mail.verdicts,
      messageId: "question-1@post.example",
      hasHtml: true,
      hasText: true,
      hasAttachment: true,
      rawSizeBytes: message(1).length,
      files: [
        { filename: "Logo@post.example", contentId: "Logo@post.example", isInline: true, sizeBytes: 9 },
        {
          filename: "card.pdf",
          contentType: "application/pdf",
          isInline: false,
          contentId: null,
          sizeBytes: 6,
        },
      ],
    });
    const encoder = new TextEncoder();
    expect(await Promise.all(email.files.map(async ({ sha256: hash }) => hash))).toEqual([
      await sha256.hex(encoder.encode("picture 1")),
      await sha256.hex(encoder.encode("file 1")),
    ]);
    expect(blobs.blobs.get(rawBlobKey(email.id))).toEqual(message(1));
    expect(new TextDecoder().decode(blobs.blobs.get(textBlobKey(email.id)))).toBe("Text 1");
  });

  test("an object without SES's block is the message from its first octet", async () => {
    const world = await makeInboundWorld();
    await world.tell(world.lay(1, { isBare: true }));
    const email = await world.onlyEmail();
    expect(world.ports.blobs.blobs.get(rawBlobKey(email.id))).toEqual(message(1));
  });

  test("of one the parser breaks over: the octets, and what the notification told", async () => {
    const world = await makeInboundWorld();
    const messageParser = { parse: () => Promise.reject(new Error("a bug")) };
    const mail = world.lay(1);
    await world.tell(mail, { ...world.ports, messageParser });
    const email = await world.onlyEmail();
    expect(email).toMatchObject({
      parseStatus: "unreadable",
      subject: "Told 1",
      fromAddress: ANN,
      mailClass: "human",
      files: [],
      hasHtml: false,
      hasText: false,
      rawSizeBytes: message(1).length,
    });
    expect(world.ports.blobs.blobs.get(rawBlobKey(email.id))).toEqual(message(1));
  });

  test("of one that a limit refuses: the octets, and what its own top header says", async () => {
    const world = await makeInboundWorld();
    const deep = Array.from(
      { length: 200 },
      (_, n) => `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n`,
    );
    const raw = new TextEncoder().encode(`From: x@y.example\r\nSubject: deep\r\n${deep.join("")}\r\n`);
    await world.tell(world.lay(1, { raw }));
    const email = await world.onlyEmail();
    expect(email).toMatchObject({ parseStatus: "too_deep", subject: "deep", fromAddress: "x@y.example" });
    expect(world.ports.blobs.blobs.get(rawBlobKey(email.id))).toEqual(raw);
  });

  test.each([
    ["too large to be fetched: what was told", STORED_BYTES_MAX + 1, false],
    ["above 40 MB, unread: the octets", INBOUND_BYTES_MAX + 1, true],
  ])("of one %s", async (_, size, isKept) => {
    const world = await makeInboundWorld();
    const { ports, workspaceId } = world;
    const mail = world.lay(1);
    const messageParser = { parse: () => Promise.reject(new Error("it is not to be read")) };
    ports.inboundMailbox.put(keyOf(1), new Uint8Array(size), mail.receivedAt);
    await world.tell(mail, { ...ports, messageParser });
    const email = await world.onlyEmail();
    expect(email).toMatchObject({
      parseStatus: "too_large",
      subject: "Told 1",
      rawSizeBytes: isKept ? size : null,
    });
    const raw = await locateRaw(ports, { workspaceId, inboundId: email.id });
    expect(outcomeOf(raw)).toBe(isKept ? "done" : "raw_not_kept");
    expect(ports.blobs.blobs.has(rawBlobKey(email.id))).toBe(isKept);
  });
});

describe("a mail that is not in the bucket", () => {
  test("is looked for again, later and later, and received once it is there", async () => {
    const world = await makeInboundWorld();
    const mail = world.lay(1);
    world.ports.inboundMailbox.remove(mail.place.key);
    await world.tell(mail);
    expect((await world.received()).flat()).toEqual([]);
    expect((await world.settle(BACKOFF_MS - 1_000)).filter(({ kind }) => kind === "receive_inbound")).toEqual(
      [],
    );
    const [tried] = await world.settle(BACKOFF_MS);
    expect(tried?.end).toMatchObject({ kind: "failed", reason: "the message is not in the bucket (yet)" });
    world.lay(1);
    await world.settle(4 * BACKOFF_MS);
    expect(await world.onlyEmail()).toMatchObject({ parseStatus: "parsed", subject: "Question 1" });
  });

  test("for a day was deleted there: what the notification told is kept", async () => {
    const world = await makeInboundWorld();
    const { ports, workspaceId } = world;
    const mail = world.lay(1);
    ports.inboundMailbox.remove(mail.place.key);
    await world.tell(mail);
    await world.settle(DAY_MS - 60_000);
    expect((await world.received()).flat()).toEqual([]);
    await world.settle(DAY_MS + 60 * 60 * 1000);
    const email = await world.onlyEmail();
    expect(email).toMatchObject({
      parseStatus: "raw_missing",
      subject: "Told 1",
      fromAddress: ANN,
      toAddresses: mail.recipients,
      verdicts: mail.verdicts,
      rawSizeBytes: null,
      files: [],
    });
    const asked = { workspaceId, inboundId: email.id };
    expect(outcomeOf(await readInbound(ports, asked))).toBe("done");
    expect(outcomeOf(await locateRaw(ports, asked))).toBe("raw_not_kept");
    expect(outcomeOf(await readInboundBody(ports, asked))).toBe("no_body");
    expect(outcomeOf(await locateInboundFile(ports, { ...asked, filename: "card.pdf" }))).toBe(
      "attachment_not_found",
    );
  });
});

test("the same task again, before and after it is settled, changes nothing and fetches nothing", async () => {
  const world = await makeInboundWorld();
  const { ports } = world;
  const settleArrival = () => Promise.reject(new Error("dead"));
  await world.tell(world.lay(1), { ...ports, inbound: { ...ports.inbound, settleArrival } });
  const before = [await world.received(), new Map(ports.blobs.blobs)];
  const unreachable = {
    get: () => Promise.reject(new Error("it is fetched again")),
    list: () => Promise.resolve(null),
  };
  const [due] = (await ports.tasks.claimDue(100, LEASE_MS, ports.clock.now() + DAY_MS)).filter(
    ({ kind }) => kind === "receive_inbound",
  );
  if (due === undefined) throw new Error("the task is gone");
  for (const _ of ["before it is settled", "after"])
    expect(await receiveInbound({ ...ports, inboundMailbox: unreachable }, due)).toEqual({ kind: "done" });
  expect([await world.received(), ports.blobs.blobs]).toEqual(before);
});

test("a setup that has it already does not hold up the one that has not", async () => {
  const world = await makeInboundWorld();
  const { ports } = world;
  let records = 0;
  const record: typeof ports.inbound.record = (...args) =>
    (records += 1) === 2 ? Promise.reject(new Error("the store is gone")) : ports.inbound.record(...args);
  const mail = world.lay(1, { recipients: [`a@${DOMAIN}`, `b@${OTHER_DOMAIN}`] });
  await world.tell(mail, { ...ports, inbound: { ...ports.inbound, record } });
  expect((await world.received()).flat()).toHaveLength(1);
  await world.settle(BACKOFF_MS);
  expect((await world.received()).map(addressesOf).map((all) => all.length)).toEqual([1, 1, 0]);
});
