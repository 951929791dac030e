// The bucket compared with what is known: what nobody told of is found within an hour, once, a bounded share at a time.
import { describe, expect, test } from "bun:test";
import { reconcileInbound } from "../../../core/inbound/reconcile-inbound.ts";
import type { ListedObjects } from "../../../core/ports/inbound-mailbox.ts";
import { INBOUND_BUCKET } from "../../support/fake-storage.ts";
import { addSentEmail, emailId, makeEmailStores, withUseCase } from "../../support/email-samples.ts";
import {
  type InboundWorld,
  keyOf,
  makeInboundWorld,
  message,
  OTHER_DOMAIN,
} from "../../support/inbound-world.ts";
import { DOMAIN } from "../../support/setup-world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SETTLING_MS = 5 * MINUTE_MS;

const unknownOf = ({ ports }: InboundWorld, ...numbers: readonly number[]) =>
  ports.inbound.unknownPlaces(INBOUND_BUCKET, numbers.map(keyOf));
const subjectsOf = async (world: InboundWorld): Promise<readonly string[]> =>
  (await world.received())[0]?.map(({ subject }) => subject) ?? [];

/** Notes which objects are fetched, and fails where it is told to. */
function watched(world: InboundWorld, fails: (key: string) => boolean = () => false) {
  const { inboundMailbox } = world.ports;
  const fetched: string[] = [];
  return {
    fetched,
    ports: {
      ...world.ports,
      inboundMailbox: {
        list: (after: (bucket: string) => Promise<string | null>): Promise<ListedObjects | null> =>
          inboundMailbox.list(after),
        get: (place: { readonly bucket: string; readonly key: string }) => {
          fetched.push(place.key);
          return fails(place.key) ? Promise.reject(new Error("S3 is down")) : inboundMailbox.get(place);
        },
      },
    },
  };
}

describe("a mail whose notification was lost", () => {
  test("is received as if it had come, for whom SES says, with SES's verdicts", async () => {
    const world = await makeInboundWorld();
    const verdicts = { spam: "FAIL", virus: "PASS", spf: "FAIL", dkim: "PASS", dmarc: "PASS" } as const;
    const mail = world.lay(1, { verdicts, recipients: [`a@${OTHER_DOMAIN}`] });
    await world.settle(SETTLING_MS);
    const [, [email] = []] = await world.received();
    expect(email).toMatchObject({
      toAddresses: mail.recipients,
      subject: "Question 1",
      verdicts,
      receivedAt: mail.receivedAt,
      rawSizeBytes: message(1).length,
    });
    expect((await world.received()).flat()).toHaveLength(1);
    // A notification that was only late.
    await world.tell(mail);
    await world.settle(2 * HOUR_MS);
    expect((await world.received())[1]).toEqual(email ? [email] : []);
  });

  test("is given time to come first, then found by the next pass, an hour later", async () => {
    const world = await makeInboundWorld();
    world.lay(1);
    world.ports.clock.pass(SETTLING_MS - 1);
    const rest = { kind: "again", at: world.ports.clock.now() + HOUR_MS } as const;
    expect(await reconcileInbound(world.ports)).toEqual(rest);
    expect(await unknownOf(world, 1)).toEqual([keyOf(1)]);
    world.ports.clock.at = rest.at;
    await reconcileInbound(world.ports);
    await world.settle(0);
    expect(await subjectsOf(world)).toEqual(["Question 1"]);
  });

  test("unsubscribes if it is for that", async () => {
    const world = await makeInboundWorld();
    const stores = makeEmailStores(world.database);
    await addSentEmail(stores, await withUseCase(stores, 3), 1);
    const token = await world.ports.unsubscribeTokens.issue(emailId(1));
    world.lay(1, { recipients: [`u+${token}@${DOMAIN}`] });
    const unsubscribed: string[] = [];
    const { suppressions } = world.ports;
    const noting: typeof suppressions = {
      ...suppressions,
      unsubscribe: (id, ...rest) => {
        unsubscribed.push(id);
        return suppressions.unsubscribe(id, ...rest);
      },
    };
    for (const afterMs of [SETTLING_MS, 2 * HOUR_MS])
      await world.settle(afterMs, { ...world.ports, suppressions: noting });
    expect(unsubscribed).toEqual([emailId(1)]);
    expect((await world.received()).flat()).toEqual([]);
  });
});

describe("what is not taken", () => {
  test("what is known already: it is not even fetched", async () => {
    const world = await makeInboundWorld();
    await world.tell(world.lay(1));
    const { fetched, ports } = watched(world);
    await world.settle(HOUR_MS, ports);
    expect(fetched).toEqual([]);
    expect(await subjectsOf(world)).toEqual(["Question 1"]);
  });

  test("what is older than two weeks: it may have been deleted here", async () => {
    const world = await makeInboundWorld();
    const now = world.ports.clock.now();
    world.lay(1, { receivedAt: now - 14 * DAY_MS });
    world.lay(2, { receivedAt: now - 14 * DAY_MS + 1 });
    await reconcileInbound(world.ports);
    expect(await unknownOf(world, 1, 2)).toEqual([keyOf(1)]);
  });

  test("what SES writes to try whether it may, wherever it lies", async () => {
    const world = await makeInboundWorld();
    const { fetched, ports } = watched(world);
    const keys = ["AMAZON_SES_SETUP_NOTIFICATION", "mail/AMAZON_SES_SETUP_NOTIFICATION"];
    const at = world.ports.clock.now() - HOUR_MS;
    for (const key of [...keys, "mail/x-AMAZON_SES_SETUP_NOTIFICATION"])
      world.ports.inboundMailbox.put(key, message(1), at);
    await reconcileInbound(ports);
    expect(fetched).toEqual(["mail/x-AMAZON_SES_SETUP_NOTIFICATION"]);
  });

  test("what is no mail that SES laid there is noted for nobody, and fetched once", async () => {
    const world = await makeInboundWorld();
    const { fetched, ports } = watched(world);
    world.lay(1, { isBare: true });
    // Another object's content, so that it names another id.
    world.ports.inboundMailbox.put(keyOf(2), message(2), world.ports.clock.now());
    for (const afterMs of [HOUR_MS, 3 * HOUR_MS]) await world.settle(afterMs, ports);
    expect(fetched).toEqual([keyOf(1), keyOf(2)]);
    expect(await unknownOf(world, 1, 2)).toEqual([]);
    expect((await world.received()).flat()).toEqual([]);
  });
});

describe("a pass", () => {
  const OLD_MS = 20 * DAY_MS;

  test("goes on where a share of 20 pages ended, and rests at the end", async () => {
    const world = await makeInboundWorld();
    const { ports } = world;
    const now = ports.clock.now();
    for (let n = 1; n <= 20_100; n += 1) ports.inboundMailbox.put(keyOf(n), new Uint8Array(), now - OLD_MS);
    world.lay(20_200, { receivedAt: now - HOUR_MS });
    expect(await reconcileInbound(ports)).toEqual({ kind: "again", at: now });
    expect(await ports.inbound.reconciledTo(INBOUND_BUCKET)).toBe(keyOf(20_000));
    expect(await unknownOf(world, 20_200)).toHaveLength(1);
    expect(await reconcileInbound(ports)).toEqual({ kind: "again", at: now + HOUR_MS });
    expect(await ports.inbound.reconciledTo(INBOUND_BUCKET)).toBeNull();
    expect(await unknownOf(world, 20_200)).toEqual([]);
  });

  test("takes a hundred unknown ones at most in a share, from one page as well, and misses none", async () => {
    const world = await makeInboundWorld();
    const { ports } = world;
    const now = ports.clock.now();
    const numbers = Array.from({ length: 250 }, (_, n) => 2 * n + 1);
    for (const n of numbers) world.lay(n, { receivedAt: now - HOUR_MS });
    // Between them what is no mail, and at the end.
    for (const n of [2, 200, 600]) ports.inboundMailbox.put(keyOf(n), message(n), now - OLD_MS);
    const left: number[] = [];
    for (;;) {
      const end = await reconcileInbound(ports);
      left.push((await unknownOf(world, ...numbers)).length);
      if (end.kind !== "again" || end.at > now) break;
    }
    expect(left).toEqual([150, 50, 0]);
    await world.settle(0);
    expect(new Set(await subjectsOf(world)).size).toBe(250);
    expect((await world.received()).flat()).toHaveLength(250);
  });

  test("rests where nobody said which bucket it is", async () => {
    const world = await makeInboundWorld();
    const inboundMailbox = { get: never, list: () => Promise.resolve(null) };
    expect(await reconcileInbound({ ...world.ports, inboundMailbox })).toEqual({
      kind: "again",
      at: world.ports.clock.now() + HOUR_MS,
    });
  });

  test("is done again while the bucket does not answer, and misses nothing", async () => {
    const world = await makeInboundWorld();
    for (const n of [1, 2, 3]) world.lay(n);
    const down = { get: never, list: () => Promise.reject(new Error("S3 is down")) };
    const [failed] = await world.settle(SETTLING_MS, { ...world.ports, inboundMailbox: down });
    expect(failed?.end).toMatchObject({ kind: "failed", reason: "S3 is down" });
    await world.settle(SETTLING_MS + MINUTE_MS);
    expect((await world.received()).flat()).toHaveLength(3);
  });

  test("goes on behind an object that cannot be read, and comes by there again", async () => {
    const world = await makeInboundWorld();
    for (const n of [1, 2, 3, 4]) world.lay(n);
    const { ports } = watched(world, (key) => key === keyOf(2));
    const ends = await world.settle(SETTLING_MS, ports);
    expect(ends.filter(({ end }) => end.kind === "failed")).toHaveLength(1);
    expect(await subjectsOf(world)).toEqual(["Question 1"]);
    await world.settle(SETTLING_MS + MINUTE_MS, ports);
    expect((await subjectsOf(world)).toSorted()).toEqual(["Question 1", "Question 3", "Question 4"]);
    await world.settle(2 * HOUR_MS);
    expect((await subjectsOf(world)).toSorted()).toEqual([1, 2, 3, 4].map((n) => `Question ${n}`));
  });
});

const never = (): Promise<never> => Promise.reject(new Error("nobody fetches here"));
