// The application with what an unsubscribe link needs and nothing else: a mail that was sent, and its link.
import { makeIdSource } from "../../adapters/system/id-source.ts";
import { makeUnsubscribeTokens } from "../../adapters/webcrypto/unsubscribe-tokens.ts";
import type { Database } from "../../adapters/libsql/database.ts";
import { makeApp } from "../../edge/app.ts";
import type { Ports } from "../../edge/ports.ts";
import { makeBodyBudget } from "../../edge/request-body.ts";
import { SAMPLE_TIME } from "./channel-samples.ts";
import { addSentEmail, emailId, makeEmailStores, scopeOf, withUseCase } from "./email-samples.ts";

const clock = { now: () => SAMPLE_TIME + 60_000 };

export async function makeUnsubscribeApp(database: Database) {
  const stores = makeEmailStores(database);
  const useCase = await withUseCase(stores);
  await addSentEmail(stores, useCase, 1);
  const unsubscribeTokens = makeUnsubscribeTokens([{ id: "k1", secret: new Uint8Array(32).fill(1) }]);
  // Only these are asked for under /u/.
  const ports = {
    suppressions: stores.suppressions,
    unsubscribeTokens,
    clock,
    ids: makeIdSource(clock),
    bodyBudget: makeBodyBudget(1024 * 1024, () => clock.now()),
  } as unknown as Ports;
  const app = makeApp({
    portsFor: () => ports,
    log: () => undefined,
    docsAssets: { script: () => Promise.resolve(null) },
  });
  return {
    app,
    path: `/u/${await unsubscribeTokens.issue(emailId(1))}`,
    sender: useCase.senderEmailAddress,
    domain: "mail1.example",
    /** The scopes that the mail's recipient has left. */
    async left(): Promise<readonly string[]> {
      const filter = { ...scopeOf(useCase), addresses: [], reasons: [] };
      const { items } = await stores.suppressions.list(filter, { after: null, limit: 10 }, clock.now());
      return items.map(({ scope }) => scope).toSorted();
    },
  };
}
