// What the largest allowed send (five files of 5 MB, 1 MB of HTML) takes of memory over the idle program, one at a time
// through twenty in a row and one more, then three at once; on Bun, and on workerd with the database and the contents
// where a Worker has them. The peak is the kernel's own count. The provider is another process.
import { openRemote } from "../../../adapters/libsql/remote.ts";
import { makeEmailStores } from "../../support/email-samples.ts";
import type { MultipartBody } from "../../support/multipart-body.ts";
import { addSender, type Sender } from "../../support/seeded-sender.ts";
import { startWorker } from "../../support/worker.ts";
import { type Serving, startBenchProgram } from "../bench-program.ts";
import { type BenchRow, type Figure, within } from "../figure.ts";
import { heldMb, peakMb, processServing, resetPeak } from "../memory.ts";
import { startProgramUnderTest } from "../program-under-test.ts";
import { reminderHtml, sendForm } from "../send-form.ts";

const MB = 1024 * 1024;
/** 1 MB with its letters of two octets. */
const HTML_OCTETS = 1_035_000;
const IN_A_ROW = 20;
const AT_ONCE = 3;
const ONE_MB_MAX = 64;
const AT_ONCE_MB_MAX = 160;
/** The program is warm, and has let go of what its start took. */
const SMALL_SENDS = 10;
const SETTLE_MS = 1000;

async function measure(
  runtime: string,
  url: string,
  pid: number,
  sender: Sender,
): Promise<readonly Figure[]> {
  const files = Array.from({ length: 5 }, () => {
    const octets = new Uint8Array(5 * MB);
    for (let at = 0; at < octets.length; at += 65_536)
      crypto.getRandomValues(octets.subarray(at, at + 65_536));
    return octets;
  });
  const small = sendForm(sender.useCase, reminderHtml(10 * 1024));
  const largest = sendForm(sender.useCase, reminderHtml(HTML_OCTETS), files);
  const send = async ({ body, headers }: MultipartBody): Promise<void> => {
    const answer = await fetch(`${url}/v1/${sender.workspaceId}/email/send`, {
      method: "POST",
      headers: { authorization: `Bearer ${sender.apiKey}`, ...headers },
      body,
    });
    const text = await answer.text();
    // A Worker has memory for one: the others are told when to come again.
    if (answer.status === 503) {
      await Bun.sleep(Number(answer.headers.get("retry-after")) * 1000);
      return send({ body, headers });
    }
    if (answer.status !== 201) throw new Error(`${runtime}: ${answer.status} ${text}`);
  };

  for (let n = 0; n < SMALL_SENDS; n++) await send(small);
  await Bun.sleep(SETTLE_MS);
  const idle = await heldMb(pid);
  await resetPeak(pid);
  for (let n = 0; n < IN_A_ROW + 1; n++) await send(largest);
  const one = await peakMb(pid);
  await Bun.sleep(SETTLE_MS);
  await resetPeak(pid);
  await Promise.all(Array.from({ length: AT_ONCE }, () => send(largest)));
  const atOnce = await peakMb(pid);
  return [
    within(
      `largest send on ${runtime}, ${IN_A_ROW} in a row, over ${Math.round(idle)} MB`,
      one - idle,
      ONE_MB_MAX,
      "MB",
    ),
    within(`largest send on ${runtime}, then ${AT_ONCE} at once`, atOnce - idle, AT_ONCE_MB_MAX, "MB"),
  ];
}

async function onBun(): Promise<readonly Figure[]> {
  const program = await startProgramUnderTest();
  try {
    return await measure("Bun", program.url, await processServing(program.url), program.sender);
  } finally {
    await program.stop();
  }
}

async function onWorkerd(): Promise<readonly Figure[]> {
  const provider = await startBenchProgram<Serving>("provider-stub");
  const worker = await startWorker({ sandboxUrl: provider.ready.url });
  try {
    const database = openRemote({ url: worker.databaseUrl, grouped: true });
    const sender = await addSender(makeEmailStores(database));
    await database.close();
    return await measure("workerd", worker.url, await processServing(worker.url), sender);
  } finally {
    await worker.stop();
    await provider.stop();
  }
}

export const largestSendRow: BenchRow = {
  name: "largest-send",
  run: async () => [...(await onBun()), ...(await onWorkerd())],
};
