// Sending at 32 requests at once, against what any program has to do for the same form: the started program with its
// database file and blob folder, a bare handler that syncs each insert, and one that groups them (programs/bare-send.ts).
import { type Serving, startBenchProgram } from "../bench-program.ts";
import { atLeast, atMost, type BenchRow } from "../figure.ts";
import { startLoadGenerator } from "../load.ts";
import { startProgramUnderTest } from "../program-under-test.ts";
import { median, takeTurns } from "../rounds.ts";
import { reminderHtml, sendForm } from "../send-form.ts";

const HTML_OCTETS = 10 * 1024;
const CONCURRENCY = 32;
const REQUESTS_A_ROUND = 1500;
const ROUNDS = 7;

async function run() {
  const program = await startProgramUnderTest();
  const { folder, providerUrl, sender } = program;
  const alone = await startBenchProgram<Serving>("bare-send", folder, providerUrl, "alone");
  const grouped = await startBenchProgram<Serving>("bare-send", folder, providerUrl, "grouped");
  const load = await startLoadGenerator();
  try {
    const { body, headers } = sendForm(sender.useCase, reminderHtml(HTML_OCTETS));
    const text = new TextDecoder().decode(body);
    const post = (url: string) => () =>
      load.post({
        url,
        headers: { authorization: `Bearer ${sender.apiKey}`, ...headers },
        bodies: [text],
        requests: REQUESTS_A_ROUND,
        concurrency: CONCURRENCY,
        expectedStatus: 201,
      });
    const taken = await takeTurns(
      {
        ours: post(`${program.url}/v1/${sender.workspaceId}/email/send`),
        alone: post(`${alone.ready.url}/send`),
        grouped: post(`${grouped.ready.url}/send`),
      },
      ROUNDS,
    );
    const rate = (name: keyof typeof taken) => median(taken[name].map((turn) => turn.requestsPerSecond));
    const p99 = (name: keyof typeof taken) => median(taken[name].map((turn) => turn.p99Ms));
    return [
      atLeast("send, c=32, against a bare handler, FULL sync each", rate("ours"), rate("alone"), 0.9, "/s"),
      atLeast("send, c=32, against a bare handler, grouped", rate("ours"), rate("grouped"), 0.4, "/s"),
      atMost("send, c=32, 99th percentile", p99("ours"), p99("alone"), 3, "ms"),
    ];
  } finally {
    await Promise.all([load.stop(), alone.stop(), grouped.stop(), program.stop()]);
  }
}

export const sendRow: BenchRow = { name: "send", run };
