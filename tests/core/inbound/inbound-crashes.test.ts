// A program that dies at any instant between the notification and the row, one that is held up until its lease ran out, and
// several at once: each mail is there exactly once in each of its setups, with its raw octets, its bodies and its files.
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  htmlBlobKey,
  inboundFileBlobKey,
  rawBlobKey,
  textBlobKey,
} from "../../../core/inbound/inbound-blobs.ts";
import { tick } from "../../../core/tasks/tick.ts";
import { addSentEmail, emailId, makeEmailStores, scopeOf, withUseCase } from "../../support/email-samples.ts";
import {
  type InboundWorld,
  makeInboundWorld,
  message,
  NEIGHBOUR_DOMAIN,
} from "../../support/inbound-world.ts";
import { Gate, Life, mortalPorts } from "../../support/mortal.ts";
import { DOMAIN } from "../../support/setup-world.ts";

/** By any clock: leases, the first back-offs and the time an object is given to settle. */
const LATER_MS = 6 * 60_000;
/** The next pass over the bucket as well. */
const MUCH_LATER_MS = 2 * 60 * 60_000;
const RECIPIENTS = [`hello@${DOMAIN}`, `hello@${NEIGHBOUR_DOMAIN}`];

const decoder = new TextDecoder();

/** These mails, once in each of their two setups; and nothing else is kept. */
async function assertThere(world: InboundWorld, numbers: readonly number[]): Promise<void> {
  const { blobs } = world.ports.blobs;
  const [own = [], other = [], neighbour = []] = await world.received();
  expect(other).toEqual([]);
  const keys: string[] = [];
  for (const emails of [own, neighbour]) {
    expect(emails.map(({ subject }) => subject).toSorted()).toEqual(numbers.map((n) => `Question ${n}`));
    for (const { id, subject, files, parseStatus } of emails) {
      const n = Number(subject.replace("Question ", ""));
      expect([parseStatus, files.map(({ filename }) => filename)]).toEqual([
        "parsed",
        ["Logo@post.example", "card.pdf"],
      ]);
      const contents: Readonly<Record<string, string>> = {
        [rawBlobKey(id)]: decoder.decode(message(n)),
        [htmlBlobKey(id)]: `<p>HTML ${n}</p><img src="cid:Logo@post.example">`,
        [textBlobKey(id)]: `Text ${n}`,
        [inboundFileBlobKey(id, 0)]: `picture ${n}`,
        [inboundFileBlobKey(id, 1)]: `file ${n}`,
      };
      for (const [key, text] of Object.entries(contents)) expect(decoder.decode(blobs.get(key))).toBe(text);
      keys.push(...Object.keys(contents));
    }
  }
  expect([...blobs.keys()].toSorted()).toEqual(keys.toSorted());
}

type Work = (world: InboundWorld, ports: InboundWorld["ports"]) => Promise<unknown>;

/** The other tasks of a tick are not looked at: their own ports live on. */
const mortalAt = (ports: InboundWorld["ports"], life: Life | Gate): InboundWorld["ports"] => {
  const { tasks, inbound, inboundMailbox, blobs, suppressions } = ports;
  return { ...ports, ...mortalPorts({ tasks, inbound, inboundMailbox, blobs, suppressions }, life) };
};

/** Lets the work die at each of its instants, one world each, and looks at each afterwards; answers how many. */
async function dieAtEachInstant(
  prepare: (world: InboundWorld) => Promise<void> | void,
  work: Work,
  look: (world: InboundWorld) => Promise<void>,
): Promise<number> {
  for (let diesAt = 0; ; diesAt++) {
    const world = await makeInboundWorld();
    await prepare(world);
    const life = new Life(diesAt);
    await work(world, mortalAt(world.ports, life)).catch(() => undefined);
    await Promise.all(world.background);
    if (!life.isOver) return diesAt;
    await look(world);
  }
}

/** Posts the mail to the hook, and again as SNS does when no answer came. */
async function told(world: InboundWorld, n: number, ports: InboundWorld["ports"]): Promise<void> {
  const mail = world.lay(n, { recipients: RECIPIENTS });
  await world.tell(mail, ports).catch(() => world.tell(mail));
}

test("a program that dies after the hook was posted to leaves the mail to whoever comes next", async () => {
  const instants = await dieAtEachInstant(
    () => undefined,
    (world, ports) => told(world, 1, ports),
    async (world) => {
      await world.settle(LATER_MS);
      await assertThere(world, [1]);
    },
  );
  // recordArrival, claim, findArrival, routes, get; five contents, view and record for each setup; settle, complete.
  expect(instants).toBeGreaterThanOrEqual(2 * (5 + 2 * 7 + 2));
}, 60_000);

test("a program that dies in its tick leaves the mail to the next one's", async () => {
  const instants = await dieAtEachInstant(
    async (world) => {
      const mail = world.lay(1, { recipients: RECIPIENTS });
      const down = { get: () => Promise.reject(new Error("S3 is down")), list: () => Promise.resolve(null) };
      await world.tell(mail, { ...world.ports, inboundMailbox: down });
    },
    ({ ports: { clock } }, ports) => tick(ports, { at: clock.now() + 60_000 }),
    async (world) => {
      await world.settle(LATER_MS);
      await assertThere(world, [1]);
    },
  );
  expect(instants).toBeGreaterThanOrEqual(2 * (4 + 2 * 7 + 2));
}, 60_000);

test("a program that dies while it compares the bucket leaves what nobody told of to the next pass", async () => {
  const work: Work = ({ ports: { clock } }, ports) => tick(ports, { at: clock.now() + LATER_MS });
  const instants = await dieAtEachInstant(
    (world) => {
      // One recipient each: SES names it, and the bucket is all that tells.
      for (const n of [1, 2]) world.lay(n);
    },
    work,
    async (world) => {
      await world.settle(MUCH_LATER_MS);
      expect((await world.received()).map((emails) => emails.map(({ subject }) => subject))).toEqual([
        ["Question 1", "Question 2"],
        [],
        [],
      ]);
    },
  );
  expect(instants).toBeGreaterThan(20);
}, 60_000);

test("a program that dies while it takes an unsubscribe mail: it takes effect once", async () => {
  let left: () => Promise<readonly string[]> = () => Promise.resolve([]);
  await dieAtEachInstant(
    async (world) => {
      const stores = makeEmailStores(world.database);
      const useCase = await withUseCase(stores, 3);
      await addSentEmail(stores, useCase, 1);
      const filter = { ...scopeOf(useCase), addresses: [], reasons: [] };
      left = async () =>
        (
          await stores.suppressions.list(filter, { after: null, limit: 10 }, world.ports.clock.now())
        ).items.map(({ address }) => address);
    },
    async (world, ports) => {
      const token = await world.ports.unsubscribeTokens.issue(emailId(1));
      const mail = world.lay(1, { recipients: [`u+${token}@${DOMAIN}`, ...RECIPIENTS] });
      await world.tell(mail, ports).catch(() => world.tell(mail));
    },
    async (world) => {
      await world.settle(LATER_MS);
      expect(await left()).toEqual(["patient1@post.example"]);
      await assertThere(world, [1]);
    },
  );
}, 60_000);

test("however often it dies, on the way and while it mends", async () => {
  const deaths = fc.array(fc.nat(60), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(deaths, fc.boolean(), async ([first = 0, ...others], isTold) => {
      const world = await makeInboundWorld();
      const [one, two] = [world.lay(1, { recipients: RECIPIENTS }), world.lay(2, { recipients: RECIPIENTS })];
      const ports = mortalAt(world.ports, new Life(first));
      const answered = await Promise.allSettled([one, two].map((mail) => world.tell(mail, ports)));
      await Promise.all(world.background);
      for (const [turn, diesAt] of others.entries())
        await tick(mortalAt(world.ports, new Life(diesAt)), {
          at: world.ports.clock.now() + (turn + 1) * 60_000,
        }).catch(() => undefined);
      // What was answered is not posted again, unless SNS doubles it.
      for (const [at, mail] of [one, two].entries())
        if (isTold || answered[at]?.status === "rejected") await world.tell(mail);
      await world.settle(MUCH_LATER_MS);
      await assertThere(world, [1, 2]);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test("a worker that was held up until its lease ran out changes nothing that its successor decided", async () => {
  const arbitrary = fc.record({ first: fc.nat(42), second: fc.nat(42), isTold: fc.boolean() });
  const examples = Array.from(
    { length: 21 },
    (_, at): [{ first: number; second: number; isTold: boolean }] => [
      { first: 2 * at, second: 99, isTold: false },
    ],
  );
  const property = fc.asyncProperty(arbitrary, async ({ first, second, isTold }) => {
    const world = await makeInboundWorld();
    const { clock } = world.ports;
    const [held, successor] = [new Gate(first), new Gate(second)];
    const mail = world.lay(1, { recipients: RECIPIENTS });
    const before = world.tell(mail, mortalAt(world.ports, held)).catch(() => undefined);
    await Promise.race([before, held.isClosed]);
    const ports = mortalAt(world.ports, successor);
    const after = isTold
      ? world.post(mail, ports).catch(() => undefined)
      : tick(ports, { at: clock.now() + 61_000 });
    await Promise.race([after, successor.isClosed]);
    held.letGo();
    successor.letGo();
    await Promise.all([before, after]);
    await Promise.all(world.background);
    await world.settle(LATER_MS);
    await assertThere(world, [1]);
  });
  await fc.assert(property, { examples, numRuns: examples.length + 25 });
}, 60_000);

test("several workers and a hook that is posted to twice, all at once", async () => {
  const world = await makeInboundWorld();
  const numbers = Array.from({ length: 12 }, (_, n) => n + 11);
  const mails = numbers.map((n) => world.lay(n, { recipients: RECIPIENTS }));
  const at = world.ports.clock.now() + 61_000;
  await Promise.all([
    ...mails.map((mail) => world.tell(mail)),
    ...mails.toReversed().map((mail) => world.tell(mail)),
    ...Array.from({ length: 3 }, () => tick(world.ports, { at })),
  ]);
  await world.settle(LATER_MS);
  await assertThere(world, numbers);
});
