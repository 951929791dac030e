// kill -9 while mails arrive, SNS and S3 staying up: amid the notifications and what follows from them, and where those were
// lost amid the comparison with the bucket. After a restart and ticks each mail is there once in each of its setups, octet
// for octet, with its file; and whoever left by mail has left.
import { expect, test } from "bun:test";
import assert from "node:assert/strict";
import { onEachDatabase, USUAL_DATABASE } from "../support/each-database.ts";
import { downloaded, inboundDetail, inboundList } from "../support/inbound-mail.ts";
import { type MailSender, makeMailSender, randomFile } from "../support/mail-sender.ts";
import { type OwnProgramOptions, startOwnProgram } from "../support/own-program.ts";
import { mailWithLink, suppressionsOf } from "../support/unsubscribe-links.ts";
import { until } from "../support/until.ts";

/** On the usual runtime and storage; on the others fewer instants cover the same steps. */
const KILLS = 16;
const KILLS_ELSEWHERE = 5;
/** Of a round: all rounds' are less than a page of the list holds. */
const MAILS = 8;
const LEAVING = 2;
/** Of S3: what keeps the mails in flight. */
const LATENCY_MS = 20;
const FILE_BYTES = 40_000;
/** By any clock: leases and the first back-offs. */
const LATER_MS = 10 * 60_000;
/** Another pass over the bucket. */
const PASS_MS = 2 * 60 * 60_000;
const TICKS_MAX = 40;
const CRASH_TEST_MS_MAX = 180_000;

type Round = {
  /** So many mails have been fetched, and so long ago, when the program is killed. */
  readonly fetched: number;
  readonly delayMs: number;
  /** SNS loses what it should tell; otherwise it doubles it. */
  readonly isLost: boolean;
};
const roundsOf = (kills: number): readonly Round[] =>
  Array.from({ length: kills }, (_, index) => ({
    fetched: Math.round((index * MAILS) / (kills - 1)),
    delayMs: ((index % 3) * LATENCY_MS) / 2,
    isLost: index % 4 === 2,
  }));

type Mail = { readonly subject: string; readonly raw: Uint8Array<ArrayBuffer>; readonly sha256: string };

function mailTo(rcpt: readonly string[], subject: string): Mail {
  const { octets } = randomFile("scan.pdf", FILE_BYTES);
  const lines = [
    "From: Pat <pat@example.org>",
    // Of several recipients the bucket knows those that the header names.
    `To: ${rcpt.join(", ")}`,
    `Subject: ${subject}`,
    `Message-ID: <${subject}@example.org>`,
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain",
    "",
    `About ${subject}`,
    "--b",
    'Content-Type: application/pdf; name="scan.pdf"',
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from(octets).toString("base64").replaceAll(/.{76}/g, "$&\r\n"),
    "--b--",
    "",
  ];
  const sha256 = new Bun.CryptoHasher("sha256").update(octets).digest("hex");
  return { subject, raw: new TextEncoder().encode(lines.join("\r\n")), sha256 };
}

/** Registers the test, with a program, a bucket and notifications of its own. */
async function survives(where: string, kills: number, options: OwnProgramOptions): Promise<void> {
  const program = await startOwnProgram(options);
  const { world } = program;
  const { sandbox, operator } = world;
  /** How far the clock of the ticks is ahead: only a later one compares the bucket again. */
  let aheadMs = LATER_MS;

  const tick = (): Promise<{ readonly tasks: readonly { readonly kind: string }[] }> =>
    operator.expect(200, "POST", "/v1/operator/tick", {
      json: { now: new Date(Date.now() + aheadMs).toISOString() },
    });

  /** Ticks until there is nothing left to do at that time. */
  async function settle(): Promise<void> {
    for (let ticks = 0; ticks < TICKS_MAX; ticks += 1) if ((await tick()).tasks.length === 0) return;
    throw new Error(`After ${TICKS_MAX} ticks there is work still`);
  }

  const fetches = async (): Promise<number> => (await sandbox.calls("GetObject")).length;

  /** Lets the mails arrive and kills the program amid them; answers whether something was left to do then. */
  async function killAmid(
    mails: readonly Mail[],
    rcpt: readonly string[],
    leaving: readonly string[],
    { fetched, delayMs, isLost }: Round,
  ): Promise<boolean> {
    await sandbox.clearCalls();
    await sandbox.setFaults({
      s3: { latency_ms: LATENCY_MS },
      sns: isLost ? { drop: true } : { duplicate: true },
    });
    for (const { raw } of mails) await sandbox.inbound(raw, { rcpt });
    for (const address of leaving)
      await sandbox.inbound("Subject: leave\r\n\r\n", { rcpt: address, from: "<>" });
    if (isLost) {
      aheadMs += PASS_MS;
      void tick().catch(() => undefined);
    }
    await until("so many are fetched", fetches, (count) => count >= fetched);
    await Bun.sleep(delayMs);
    await program.kill();
    const isAmid = (await fetches()) < mails.length;
    await sandbox.clearFaults();
    return isAmid;
  }

  async function assertThere(
    sender: MailSender,
    mails: readonly Mail[],
    all: readonly string[],
  ): Promise<void> {
    const { emails, has_more } = await inboundList(sender, { limit: 200 });
    assert.equal(has_more, false);
    assert.deepEqual(emails.map(({ subject }) => subject).toSorted(), all.toSorted());
    for (const { subject, raw, sha256 } of mails) {
      const { id, ...email } = await inboundDetail(
        sender,
        emails.find((listed) => listed.subject === subject)?.id ?? "",
      );
      assert.deepEqual(
        [email.to_addresses, email.ses_use_case_id, email.text?.trim(), email.parse_status],
        [[sender.useCase.sender_email_address], sender.useCase.id, `About ${subject}`, "parsed"],
      );
      assert.deepEqual(
        email.attachments.map((file) => [file.filename, file.size, file.sha256]),
        [["scan.pdf", FILE_BYTES, sha256]],
      );
      assert.deepEqual((await downloaded(sender, id, "/raw")).octets, raw);
    }
  }

  test(
    `${where}: killed at ${kills} instants amid mails that arrive: none lost, none twice`,
    async () => {
      const workspace = await world.newWorkspace();
      const sender = await workspace.sender();
      const otherSetup = await workspace.verifiedSetup();
      const other = makeMailSender(workspace, otherSetup, await workspace.useCase(otherSetup));
      const rcpt = [sender, other].map(({ useCase }) => useCase.sender_email_address);
      const subjects: string[] = [];
      let amid = 0;
      for (const [index, round] of roundsOf(kills).entries()) {
        const mails = Array.from({ length: MAILS }, (_, n) => mailTo(rcpt, `mail-${index}-${n}`));
        subjects.push(...mails.map(({ subject }) => subject));
        const leaving = await Promise.all(Array.from({ length: LEAVING }, () => mailWithLink(sender)));
        const addresses = leaving.map(({ address }) => address);
        if (await killAmid(mails, rcpt, addresses, round)) amid += 1;

        await program.restart();
        await sandbox.settled();
        await settle();
        await assertThere(sender, mails, subjects);
        await assertThere(other, mails.slice(0, 1), subjects);
        for (const { to } of leaving)
          expect((await suppressionsOf(sender, to)).map(({ reason }) => reason)).toEqual(["unsubscribe"]);
      }
      expect(amid).toBeGreaterThan(kills / 3);
    },
    CRASH_TEST_MS_MAX,
  );
}

await onEachDatabase((where, options) =>
  survives(where, options === USUAL_DATABASE ? KILLS : KILLS_ELSEWHERE, options),
);
