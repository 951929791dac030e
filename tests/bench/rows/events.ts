// Events posted by SNS, 32 at once, against a handler that checks the same signature and stores each in a transaction of
// its own (programs/bare-events.ts). Ours also parses the event, keeps its raw JSON apart from the ledger, and folds it
// into its e-mail before it answers. Each round posts events of its own: none is a repetition.
import { addSentEmail, type EmailStores, messageId, sampleEmail } from "../../support/email-samples.ts";
import { stubCertificateUrl } from "../../support/provider-stub.ts";
import type { Sender } from "../../support/seeded-sender.ts";
import { SIGNED_EVENT_TYPES, signedEvent } from "../../support/signed-event.ts";
import { type Serving, startBenchProgram } from "../bench-program.ts";
import { atLeast, type BenchRow, type Figure } from "../figure.ts";
import { startLoadGenerator } from "../load.ts";
import { startProgramUnderTest } from "../program-under-test.ts";
import { median, takeTurns } from "../rounds.ts";

const CONCURRENCY = 32;
const MAILS_A_ROUND = 400;
const ROUNDS = 5;

/** The notifications of a round's mails, signed: each type for each mail. */
function notifications(round: number, { useCase }: Sender, certificateUrl: string): readonly string[] {
  const mails = Array.from({ length: MAILS_A_ROUND }, (_, n) => round * MAILS_A_ROUND + n + 1);
  return SIGNED_EVENT_TYPES.flatMap((type) =>
    mails.map((n) =>
      signedEvent({
        type,
        email: sampleEmail(useCase, n),
        providerMessageId: messageId(n),
        certificateUrl,
      }),
    ),
  );
}

/** The mails of all rounds, known to be sent. */
async function addMails(stores: EmailStores, { useCase }: Sender): Promise<void> {
  const mails = Array.from({ length: (ROUNDS + 1) * MAILS_A_ROUND }, (_, n) => n + 1);
  await Promise.all(mails.map((n) => addSentEmail(stores, useCase, n)));
}

async function run(): Promise<readonly Figure[]> {
  const program = await startProgramUnderTest(addMails);
  const bare = await startBenchProgram<Serving>("bare-events", program.folder);
  const load = await startLoadGenerator();
  try {
    const certificateUrl = stubCertificateUrl(program.providerUrl);
    const rounds = Array.from({ length: ROUNDS + 1 }, (_, n) =>
      notifications(n, program.sender, certificateUrl),
    );
    const post = (url: string) => (round: number) => {
      const bodies = rounds[round] ?? [];
      const headers = { "content-type": "text/plain; charset=UTF-8" };
      return load.post({
        url,
        headers,
        bodies,
        requests: bodies.length,
        concurrency: CONCURRENCY,
        expectedStatus: 200,
      });
    };
    const taken = await takeTurns(
      { ours: post(`${program.url}/hooks/sns`), bare: post(`${bare.ready.url}/hook`) },
      ROUNDS,
    );
    const rate = (name: keyof typeof taken) => median(taken[name].map((turn) => turn.requestsPerSecond));
    return [atLeast("events by SNS, c=32, against check and insert", rate("ours"), rate("bare"), 2, "/s")];
  } finally {
    await Promise.all([load.stop(), bare.stop(), program.stop()]);
  }
}

export const eventsRow: BenchRow = { name: "events", run };
