// The sandbox as a journey uses it: a customer's DNS provider, a recipient's mailbox and behaviour, and a provider in
// trouble. All of it over the sandbox's control paths, which sandbox.ts knows.
import { type MailboxItem, sandboxControl } from "./sandbox.ts";
import { until } from "./until.ts";

export type SandboxClient = ReturnType<typeof sandboxClient>;

export function sandboxClient(url: string) {
  const control = sandboxControl(url);
  const settled = async (): Promise<void> => {
    await until("no notification is on its way", control.state, (state) => state.pending_deliveries === 0);
  };
  return {
    ...control,
    url,
    /** Waits until every notification has been posted and answered. */
    settled,
    /** The one mail this address got; fails when it got none or several. */
    async onlyMail(to: string): Promise<MailboxItem> {
      const items = await control.mailbox(to);
      const [item] = items;
      if (item === undefined || items.length > 1) throw new Error(`${to} got ${items.length} mails, not one`);
      return item;
    },
    /** Does something while the provider misbehaves, and ends the trouble whatever comes of it. */
    async withFaults<T>(faults: object, work: () => Promise<T>): Promise<T> {
      await control.setFaults(faults);
      try {
        return await work();
      } finally {
        await control.clearFaults();
      }
    },
  };
}
