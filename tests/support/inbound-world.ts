// A setup world that mail arrives in: two setups of one workspace and one of its neighbour's, a bucket with what SES would
// have laid there, and a hook that is told of it. Call it inside a test.
import { makeEventStore } from "../../adapters/libsql/event-store.ts";

import type { ReceivedMail, Verdicts } from "../../core/inbound/arrival.ts";
import { receiveNotification, type ReceiveNotificationPorts } from "../../core/email/receive-notification.ts";
import type { InboundEmail } from "../../core/inbound/inbound-email.ts";
import { tick, type TickedTask, type TickPorts } from "../../core/tasks/tick.ts";
import { receivedBlock, writtenFields } from "../../edge/sandbox/ses/received-block.ts";
import { inboundFilter } from "./inbound-samples.ts";
import { makeSetupWorld } from "./own-setup-world.ts";
import { DOMAIN, type SetupWorld, verifiedSetup } from "./setup-world.ts";

export const OTHER_DOMAIN = "mail.other.example";
export const NEIGHBOUR_DOMAIN = "mail.neighbour.example";
export const ANN = "ann@post.example";

const PASSED = { spam: "PASS", virus: "PASS", spf: "PASS", dkim: "PASS", dmarc: "PASS" } as const;

export type Laid = Partial<Pick<ReceivedMail, "recipients" | "receivedAt">> & {
  readonly verdicts?: Readonly<Record<keyof Verdicts, "PASS" | "FAIL">>;
  readonly raw?: Uint8Array;
  /** SES's own block on top, unless told otherwise. */
  readonly isBare?: boolean;
};

export type InboundWorld = Awaited<ReturnType<typeof makeInboundWorld>>;

const hookPorts = ({ ports, database }: SetupWorld) => ({
  ...ports,
  events: makeEventStore(database),
  // What is posted is the mail itself.
  notifications: {
    read: (body: Uint8Array) => {
      const mail = JSON.parse(new TextDecoder().decode(body)) as ReceivedMail;
      return Promise.resolve({ kind: "inbound_mail" as const, mail });
    },
  },
  topics: { confirm: () => Promise.reject(new Error("nobody subscribes here")) },
});

export async function makeInboundWorld() {
  const made = await makeSetupWorld();
  const neighbour: SetupWorld = { ...made, workspaceId: made.neighbourId };
  const setups = [
    await verifiedSetup(made),
    await verifiedSetup(made, OTHER_DOMAIN),
    await verifiedSetup(neighbour, NEIGHBOUR_DOMAIN),
  ] as const;
  const ports = hookPorts(made);
  const { clock, inbound, inboundMailbox } = ports;
  const received = (): Promise<readonly (readonly InboundEmail[])[]> =>
    Promise.all(
      setups.map(async ({ id: setupId, workspaceId }) => {
        const filter = inboundFilter({ workspaceId, useCaseId: null, setupId });
        const { items } = await inbound.list(filter, { after: null, limit: 500 });
        return Promise.all(items.toReversed().map(({ id }) => found(inbound.find(workspaceId, id))));
      }),
    );
  /** Its notification is posted to the hook of a program with these ports. */
  const post = async (mail: ReceivedMail, to: ReceiveNotificationPorts = ports): Promise<void> => {
    const taken = await receiveNotification(to, new TextEncoder().encode(JSON.stringify(mail)));
    if (!taken.ok) throw new Error(taken.error.reason);
  };
  return {
    ...made,
    ports,
    setups,
    /** SES lays a mail into the bucket; answers what it will tell of it. */
    lay(
      n: number,
      { verdicts = PASSED, raw = message(n), isBare = false, ...given }: Laid = {},
    ): ReceivedMail {
      const mail = {
        providerMessageId: receiptOf(n),
        recipients: [`hello@${DOMAIN}`],
        envelopeFrom: ANN,
        receivedAt: clock.now(),
        verdicts,
        ...given,
      };
      const block = writtenFields(receivedBlock({ ...mail, messageId: mail.providerMessageId }));
      const place = inboundMailbox.put(
        keyOf(n),
        isBare ? raw : Uint8Array.from([...block, ...raw]),
        mail.receivedAt,
      );
      return { ...mail, place, fields: { ...NO_FIELDS, fromAddress: ANN, subject: `Told ${n}` } };
    },
    post,
    /** The same, and waits for all that it set going. */
    async tell(mail: ReceivedMail, to: ReceiveNotificationPorts = ports): Promise<void> {
      await post(mail, to);
      await Promise.all(made.background);
    },
    /** Runs what is due in so many ms, until nothing of inbound mail is; answers what was done of it. */
    async settle(afterMs: number, on: TickPorts = ports): Promise<readonly TickedTask[]> {
      const all: TickedTask[] = [];
      for (;;) {
        const ticked = await tick(on, { at: clock.now() + afterMs });
        const own = ticked.filter(({ kind }) => kind.endsWith("_inbound"));
        all.push(...own);
        if (!own.some(({ kind }) => kind === "receive_inbound")) return all;
      }
    },
    /** What each of the three setups received, oldest first. */
    received,
    /** That of the first setup, which got exactly one. */
    async onlyEmail(): Promise<InboundEmail> {
      const [[email, ...others] = []] = await received();
      if (email === undefined || others.length > 0)
        throw new Error(`${others.length + (email ? 1 : 0)} e-mails`);
      return email;
    },
  };
}

async function found<T>(looking: Promise<T | null>): Promise<T> {
  const there = await looking;
  if (there === null) throw new Error("it is listed and not there");
  return there;
}

/** In the order of their numbers. */
export const keyOf = (n: number): string => `mail/${receiptOf(n)}`;
export const receiptOf = (n: number): string => `receipt${String(n).padStart(6, "0")}`;

const NO_FIELDS: ReceivedMail["fields"] = {
  fromAddress: null,
  fromName: null,
  subject: "",
  messageId: null,
  inReplyTo: [],
  references: [],
};

/** Text, HTML that shows a picture, and a file: four contents beside the raw message. */
export const message = (n: number): Uint8Array =>
  new TextEncoder().encode(
    [
      `From: Ann <${ANN}>`,
      `To: nobody@elsewhere.example`,
      `Subject: Question ${n}`,
      `Message-ID: <question-${n}@post.example>`,
      "MIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="m"',
      "",
      "--m",
      'Content-Type: multipart/alternative; boundary="a"',
      "",
      "--a",
      "Content-Type: text/plain; charset=utf-8",
      "",
      `Text ${n}`,
      "--a",
      'Content-Type: multipart/related; boundary="r"',
      "",
      "--r",
      "Content-Type: text/html; charset=utf-8",
      "",
      `<p>HTML ${n}</p><img src="cid:Logo@post.example">`,
      "--r",
      "Content-Type: image/png",
      "Content-ID: <Logo@post.example>",
      "Content-Transfer-Encoding: base64",
      "",
      btoa(`picture ${n}`),
      "--r--",
      "--a--",
      "--m",
      'Content-Type: application/pdf; name="card.pdf"',
      "Content-Disposition: attachment",
      "Content-Transfer-Encoding: base64",
      "",
      btoa(`file ${n}`),
      "--m--",
      "",
    ].join("\r\n"),
  );
