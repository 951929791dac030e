// Reading a received message, with all that is asked of it (fields, class, bodies, files to the octet, inline images, safe
// names), against bare postal-mime, over the corpus: the time of one pass over all messages.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import PostalMime from "postal-mime";
import { messageParser } from "../../../adapters/mime/parse-message.ts";
import { atMost, type BenchRow, type Figure } from "../figure.ts";
import { median, perSecond, takeTurns } from "../rounds.ts";

const CORPUS = join(import.meta.dir, "../../fixtures/corpus");
/** A log of 1.1 MB as a body: more octets than all others together, so it is measured apart too. */
const LARGE = "mailparser__large_text.eml";
const TURN_MS = 400;
const ROUNDS = 9;

async function compare(what: string, messages: readonly Uint8Array[]): Promise<Figure> {
  const passMs = async (read: (message: Uint8Array) => Promise<unknown>): Promise<number> =>
    1000 /
    (await perSecond(TURN_MS, async () => {
      for (const message of messages) await read(message);
    }));
  const taken = await takeTurns(
    {
      ours: () => passMs((message) => messageParser.parse(message)),
      bare: () => passMs((message) => PostalMime.parse(message, { forceRfc822Attachments: true })),
    },
    ROUNDS,
  );
  return atMost(what, median(taken.ours), median(taken.bare), 1.6, "ms");
}

async function run(): Promise<readonly Figure[]> {
  const names = readdirSync(CORPUS).filter((name) => name.endsWith(".eml"));
  const read = (name: string): Uint8Array => readFileSync(join(CORPUS, name));
  return [
    await compare(`inbound, ${names.length} messages, against postal-mime`, names.map(read)),
    await compare("inbound, without the largest", names.filter((name) => name !== LARGE).map(read)),
  ];
}

export const inboundRow: BenchRow = { name: "inbound", run };
