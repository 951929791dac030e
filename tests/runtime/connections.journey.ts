// What runtimes do each in their own way: connections that break, many requests at once, work after the answer. On every
// runtime, besides the journeys that they all share.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { jsonOf } from "../support/api-client.ts";
import type { SentEmail } from "../support/api-shapes.ts";
import type { MailSender } from "../support/mail-sender.ts";
import { multipartBody } from "../support/multipart-body.ts";
import { until } from "../support/until.ts";
import type { Journey } from "../support/world.ts";

const MB = 1024 * 1024;
const REQUESTS = 40;
/** More than any runtime's budget for bodies in flight, if what is cut off were counted on. */
const CUT_OFF_UPLOADS = 6;
const CUT_OFF_BYTES = 27 * MB;

/** A connection on which nothing but the head of a send has been written. */
async function beginSend(sender: MailSender, headers: Readonly<Record<string, string>>): Promise<Socket> {
  const { hostname, port, host } = new URL(sender.workspace.world.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const lines = Object.entries({
    host,
    authorization: `Bearer ${sender.workspace.api.key}`,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${sender.sendPath} HTTP/1.1\r\n${lines.join("")}\r\n`);
  return socket;
}

export const journeys: readonly Journey[] = [
  {
    name: "forty requests at once are all answered, writes and reads",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const atOnce = <T>(work: () => Promise<T>): Promise<T[]> =>
        Promise.all(Array.from({ length: REQUESTS }, work));
      const answers = await atOnce(() => sender.post({ to_address: sender.newRecipient() }));
      const lists = await atOnce(() => sender.emails());
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array(REQUESTS).fill(201),
      );
      assert.equal(new Set(answers.map((answer) => jsonOf<SentEmail>(answer).id)).size, REQUESTS);
      assert.ok(lists.every(({ emails }) => emails.length === REQUESTS));
      await until(
        "all are delivered",
        () => sender.emails({ state: "delivered" }),
        ({ emails }) => emails.length === REQUESTS,
      );
    },
  },
  {
    name: "uploads that are cut off hold no memory: the next send finds room",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      for (let count = 1; count <= CUT_OFF_UPLOADS; count++) {
        const socket = await beginSend(sender, {
          "content-type": "multipart/form-data; boundary=b",
          "content-length": String(CUT_OFF_BYTES),
        });
        await new Promise<void>((resolve) => socket.write(new Uint8Array(MB), () => resolve()));
        socket.destroy();
      }
      // The room is free once the program has noticed; until then a send is refused as busy, which may be repeated.
      const octets = new Uint8Array(5 * MB);
      const attachments = ["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"].map((name) => ({
        name,
        type: "application/pdf",
        octets,
      }));
      await until(
        "a large send is taken",
        () => sender.post({ attachments }),
        ({ status }) => status === 201,
      );
    },
  },
  {
    name: "a request refused before its body is read does not cost the client its next one",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const path = sender.sendPath.replace(sender.workspace.id, crypto.randomUUID());
      for (let count = 1; count <= REQUESTS; count++) {
        // On the same connection: the client keeps it for as long as the program does.
        const { status } = await sender.workspace.api.call("POST", path, { form: sender.form() });
        assert.equal(status, 404);
      }
    },
  },
  {
    name: "a client that leaves does not end its send: the outcome is recorded",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const leaving = new AbortController();
      await world.sandbox.withFaults({ ses: { latency_ms: 500 } }, async () => {
        const left = fetch(`${world.url}${sender.sendPath}`, {
          method: "POST",
          headers: { authorization: `Bearer ${sender.workspace.api.key}` },
          body: sender.form(),
          signal: leaving.signal,
        });
        await until(
          "the send is under way",
          () => sender.emails({ send_outcome: "pending" }),
          ({ emails }) => emails.length === 1,
        );
        leaving.abort();
        await assert.rejects(left, { name: "AbortError" });
        await until(
          "the send is recorded",
          () => sender.emails(),
          ({ emails }) => emails.length === 1,
        );
      });
    },
  },
  {
    name: "a body without a length is read to its end",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { body, headers } = multipartBody([
        { name: "use_case_id", value: sender.useCase.id },
        { name: "to_address", value: "pat@example.org" },
        { name: "subject", value: "In pieces" },
        { name: "body_html", value: "<p>one</p>" },
      ]);
      const socket = await beginSend(sender, {
        ...headers,
        "transfer-encoding": "chunked",
      });
      for (const piece of [body.slice(0, 7), body.slice(7)]) {
        socket.write(`${piece.length.toString(16)}\r\n`);
        socket.write(piece);
        socket.write("\r\n");
      }
      socket.write("0\r\n\r\n");
      const [answer] = (await once(socket.setEncoding("latin1"), "data")) as [string];
      socket.destroy();
      assert.match(answer, /^HTTP\/1\.1 201 /);
    },
  },
  {
    name: "work after the answer is done: the last use of a key is noted",
    async run(world) {
      const workspace = await world.newWorkspace();
      await workspace.api.get(workspace.path("/api-keys"));
      await until(
        "the use is noted",
        () =>
          workspace.api.get<{ items: readonly { last_used_at: string | null }[] }>(
            workspace.path("/api-keys"),
          ),
        ({ items }) => items[0]?.last_used_at !== null,
      );
    },
  },
];
