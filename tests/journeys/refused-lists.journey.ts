// Lists and reads of e-mails that are refused: no scope, values that are none, tokens that are forged or another query's.
import assert from "node:assert/strict";
import type { ApiAnswer } from "../support/api-client.ts";
import type { EmailPage } from "../support/api-shapes.ts";
import { assertRefused, type RefusalRow } from "../support/refusals.ts";
import type { Journey } from "../support/world.ts";

const INVALID = { status: 422, code: "validation_failed" };
const SCOPE = { status: 422, code: "scope_required" };
const TOKEN = { status: 422, code: "continuation_token_invalid" };

const seventeen = (name: string, value: (index: number) => string): string =>
  Array.from({ length: 17 }, (_, index) => `${name}=${value(index)}`).join("&");

export const journeys: readonly Journey[] = [
  {
    name: "lists without a scope, and with values that are none",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, useCase } = sender;
      const scope = `use_case_id=${useCase.id}`;
      const get = (path: string) => (): Promise<ApiAnswer> => workspace.api.call("GET", workspace.path(path));
      const bad = (list: string, query: string, pointer: string): RefusalRow => ({
        name: `${list}?${query.slice(0, 60)}`,
        ask: get(`${list}?${scope}&${query}`),
        ...INVALID,
        pointer,
      });
      const rows: RefusalRow[] = [
        { name: "e-mails of nothing", ask: get("/email"), ...SCOPE },
        { name: "events of nothing", ask: get("/email/event"), ...SCOPE },
        { name: "e-mails to somebody", ask: get("/email?to_address=pat@example.org"), ...SCOPE },
        { name: "events of an e-mail", ask: get(`/email/event?email_id=${crypto.randomUUID()}`), ...SCOPE },
        bad("/email", "to_address=pat", "to_address.0"),
        bad("/email", "state=opened", "state.0"),
        bad("/email", "state=sent&state=lost", "state.1"),
        bad("/email", "send_outcome=maybe", "send_outcome.0"),
        bad("/email", "sent_after=yesterday", "sent_after"),
        bad("/email", "sent_before=2026-01-02", "sent_before"),
        bad("/email", "sent_after=2026-02-30T00:00:00Z", "sent_after"),
        bad(
          "/email",
          seventeen("to_address", (index) => `p${index}@example.org`),
          "to_address",
        ),
        bad("/email", "event_type=Open", "event_type"),
        bad("/email/event", "event_type=open", "event_type.0"),
        bad("/email/event", "event_type=Send", "event_type.0"),
        bad("/email/event", "event_at_after=1", "event_at_after"),
        bad("/email/event", "event_at_before=x", "event_at_before"),
        bad(
          "/email/event",
          seventeen("email_id", () => crypto.randomUUID()),
          "email_id",
        ),
        bad("/email/event", "state=sent", "state"),
      ];
      for (const list of ["/email", "/email/event"])
        for (const limit of ["0", "201", "-1", "1.5", "1e2", "ten", "", "%20", "00000000000001"])
          rows.push(bad(list, `limit=${limit}`, "limit"));
      for (const list of ["/email", "/email/event"])
        rows.push(
          bad(list, "limit=10&limit=20", "limit"),
          bad(list, "continuation_token=", "continuation_token"),
        );
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "pages of setups and workspaces with numbers that are none",
    async run(world) {
      const workspace = await world.newWorkspace();
      const rows: RefusalRow[] = [];
      for (const [name, ask] of [
        [
          "setups",
          (query: string) => workspace.api.call("GET", workspace.path(`/channels/ses-setup?${query}`)),
        ],
        ["workspaces", (query: string) => world.operator.call("GET", `/v1/workspaces?${query}`)],
      ] as const) {
        for (const limit of ["0", "21", "-1", "1.5", "x", ""])
          rows.push({
            name: `${name}: limit ${limit}`,
            ask: () => ask(`limit=${limit}`),
            ...INVALID,
            pointer: "limit",
          });
        for (const token of ["-1", "1.5", "abc", "", "99999999999"])
          rows.push({
            name: `${name}: token ${token}`,
            ask: () => ask(`continuation_token=${token}`),
            ...INVALID,
            pointer: "continuation_token",
          });
      }
      rows.push({
        name: "the short path does not page",
        ask: () => workspace.api.call("GET", "/v1/ses-setup?limit=5"),
        ...INVALID,
        pointer: "limit",
      });
      await assertRefused(workspace, rows);
    },
  },
  {
    name: "continuation tokens serve the list, query and workspace they came from, and nobody can make one",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace, useCase, setup } = sender;
      for (let count = 0; count < 3; count += 1) {
        const sent = await sender.send();
        await sender.emailIn(sent.id, "delivered");
      }
      await world.sandbox.settled();
      const stranger = await (await world.newWorkspace()).sender();
      const token = (await sender.emails({ limit: 1 })).continuation_token ?? "";
      const eventToken = (await sender.events({ limit: 1 })).continuation_token ?? "";
      assert.ok(token !== "" && eventToken !== "");
      const get =
        (query: string, list = "/email", of = sender) =>
        (): Promise<ApiAnswer> =>
          of.workspace.api.call("GET", of.workspace.path(`${list}?${query}`));
      const scope = `use_case_id=${useCase.id}&limit=1`;
      const row = (name: string, ask: () => Promise<ApiAnswer>): RefusalRow => ({ name, ask, ...TOKEN });
      const changed = (index: number): string =>
        `${token.slice(0, index)}${token[index] === "A" ? "B" : "A"}${token.slice(index + 1)}`;
      const rows = [
        row("made up", get(`${scope}&continuation_token=abc`)),
        row("a number", get(`${scope}&continuation_token=50`)),
        row("cut", get(`${scope}&continuation_token=${token.slice(0, -2)}`)),
        row("with more behind", get(`${scope}&continuation_token=${token}AA`)),
        ...[0, 5, Math.floor(token.length / 2), token.length - 3].map((index) =>
          row(`changed at ${index}`, get(`${scope}&continuation_token=${changed(index)}`)),
        ),
        row("of another state", get(`${scope}&state=sent&continuation_token=${token}`)),
        row("of another scope", get(`setup_id=${setup.id}&continuation_token=${token}`)),
        row(
          "of a narrower time",
          get(`${scope}&sent_after=2020-01-01T00:00:00Z&continuation_token=${token}`),
        ),
        row("of the events, for e-mails", get(`${scope}&continuation_token=${eventToken}`)),
        row("of the e-mails, for events", get(`${scope}&continuation_token=${token}`, "/email/event")),
        row(
          "a stranger's, in one's own scope",
          get(`use_case_id=${stranger.useCase.id}&continuation_token=${token}`, "/email", stranger),
        ),
        row("a stranger's, in their scope", get(`${scope}&continuation_token=${token}`, "/email", stranger)),
      ];
      await assertRefused(workspace, rows);
      // The limit is no part of the query.
      const next = await workspace.api.get<EmailPage>(
        workspace.path(`/email?use_case_id=${useCase.id}&limit=200&continuation_token=${token}`),
      );
      assert.equal(next.emails.length, 2);
      assert.equal(next.has_more, false);
      assert.equal(next.continuation_token, null);
    },
  },
  {
    name: "e-mails, bodies and files that are not there",
    async run(world) {
      const sender = await (await world.newWorkspace()).sender();
      const { workspace } = sender;
      const octets = new TextEncoder().encode("a");
      const sent = await sender.send({ attachments: [{ name: "a.txt", type: "text/plain", octets }] });
      await sender.emailIn(sent.id, "delivered");
      await world.sandbox.settled();
      const get = (path: string) => (): Promise<ApiAnswer> => workspace.api.call("GET", workspace.path(path));
      const unknown = crypto.randomUUID();
      const noEmail = { status: 404, code: "email_not_found" };
      const noFile = { status: 404, code: "attachment_not_found" };
      await assertRefused(workspace, [
        { name: "an unknown e-mail", ask: get(`/email/${unknown}`), ...noEmail },
        { name: "its body", ask: get(`/email/${unknown}/body`), ...noEmail },
        { name: "its file", ask: get(`/email/${unknown}/attachment/a.txt`), ...noEmail },
        { name: "a file of another name", ask: get(`/email/${sent.id}/attachment/b.txt`), ...noFile },
        { name: "in other capitals", ask: get(`/email/${sent.id}/attachment/A.TXT`), ...noFile },
        { name: "a path", ask: get(`/email/${sent.id}/attachment/..%2Fa.txt`), ...noFile },
        { name: "an absolute path", ask: get(`/email/${sent.id}/attachment/%2Fetc%2Fpasswd`), ...noFile },
        { name: "with NUL", ask: get(`/email/${sent.id}/attachment/a.txt%00`), ...noFile },
      ]);
    },
  },
];
