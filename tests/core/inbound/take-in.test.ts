// Mail to an address with an unsubscribe token is for that alone; all else is noted once.
import { describe, expect, test } from "bun:test";
import { takeIn } from "../../../core/inbound/take-in.ts";
import { addSentEmail, emailId, makeEmailStores, scopeOf, withUseCase } from "../../support/email-samples.ts";
import { makeInboundWorld } from "../../support/inbound-world.ts";
import { DOMAIN } from "../../support/setup-world.ts";

/** With a mail that was sent; `left` answers who left. */
async function makeWorld() {
  const world = await makeInboundWorld();
  const stores = makeEmailStores(world.database);
  const useCase = await withUseCase(stores, 3);
  await addSentEmail(stores, useCase, 1);
  const { ports } = world;
  const token = await ports.unsubscribeTokens.issue(emailId(1));
  return {
    ...world,
    token,
    async left(): Promise<readonly string[]> {
      const filter = { ...scopeOf(useCase), addresses: [], reasons: [] };
      const page = await stores.suppressions.list(filter, { after: null, limit: 10 }, ports.clock.now());
      return page.items.map(({ address, reason }) => `${address} ${reason}`);
    },
  };
}
const LEFT = ["patient1@post.example unsubscribe"];

describe("an address with a token", () => {
  test("unsubscribes in any case, whoever wrote and at whatever domain, and is no recipient", async () => {
    const world = await makeWorld();
    const recipients = [`hello@${DOMAIN}`, `U+${world.token.toUpperCase()}@elsewhere.example`];
    const { arrival, unsubscribed } = await takeIn(world.ports, world.lay(1, { recipients }), "notification");
    expect(unsubscribed).toBe(1);
    expect(arrival.recipients).toEqual([`hello@${DOMAIN}`]);
    expect(await world.ports.inbound.findArrival(arrival.id)).toEqual(arrival);
    expect(await world.left()).toEqual(LEFT);
  });

  test("alone leaves nothing to receive, but that its place is known", async () => {
    const world = await makeWorld();
    const mail = world.lay(1, { recipients: [`u+${world.token}@${DOMAIN}`] });
    for (const _ of ["told once", "told twice"]) await world.tell(mail);
    await world.settle(0);
    expect((await world.received()).flat()).toEqual([]);
    expect(await world.left()).toEqual(LEFT);
    const { bucket, key } = mail.place;
    expect(await world.ports.inbound.unknownPlaces(bucket, [key])).toEqual([]);
    expect(world.ports.blobs.blobs.size).toBe(0);
  });

  test("is one like any other where the token is forged, cut or of no mail", async () => {
    const world = await makeWorld();
    const unknown = await world.ports.unsubscribeTokens.issue(emailId(2));
    const forged = `${world.token.startsWith("a") ? "b" : "a"}${world.token.slice(1)}`;
    const recipients = [forged, world.token.slice(1), unknown, ""].map((token) => `u+${token}@${DOMAIN}`);
    await world.tell(world.lay(1, { recipients }));
    expect((await world.onlyEmail()).toAddresses).toEqual(recipients);
    expect(await world.left()).toEqual([]);
  });
});

test("what was found in the bucket is taken again when its notification comes, and only then", async () => {
  const world = await makeWorld();
  // Several recipients whom no header names: the bucket knows nobody.
  const recipients = [`a@${DOMAIN}`, `b@${DOMAIN}`];
  const mail = world.lay(1, { recipients });
  const found = await takeIn(world.ports, { ...mail, recipients: [] }, "bucket");
  await world.settle(0);
  expect((await world.received()).flat()).toEqual([]);
  const again = await takeIn(world.ports, mail, "bucket");
  expect(await world.ports.inbound.findArrival(again.arrival.id)).toBeNull();
  await world.tell(mail);
  await world.tell(mail);
  expect((await world.onlyEmail()).toAddresses).toEqual(recipients);
  expect(await world.ports.inbound.findArrival(found.arrival.id)).toBeNull();
});
