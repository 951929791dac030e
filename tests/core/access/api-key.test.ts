import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { makeIdSource } from "../../../adapters/system/id-source.ts";
import { webRandomSource } from "../../../adapters/webcrypto/random-source.ts";
import { webSha256 } from "../../../adapters/webcrypto/sha256.ts";
import { API_KEY_RANDOM_OCTETS, formatApiKey, parseApiKey } from "../../../core/access/api-key-text.ts";
import type { ApiKeyMode } from "../../../core/access/api-key.ts";
import type { Caller } from "../../../core/access/caller.ts";
import { createWorkspace } from "../../../core/access/create-workspace.ts";
import { getWorkspace } from "../../../core/access/get-workspace.ts";
import { issueApiKey, type IssueApiKey } from "../../../core/access/issue-api-key.ts";
import { listApiKeys } from "../../../core/access/list-api-keys.ts";
import { listWorkspaces } from "../../../core/access/list-workspaces.ts";
import { recogniseCaller } from "../../../core/access/recognise-caller.ts";
import { revokeApiKey } from "../../../core/access/revoke-api-key.ts";
import { addWorkspace, makeChannelStores, sampleClaim } from "../../support/channel-samples.ts";
import { openTestDatabase } from "../../support/databases.ts";
import { MovableClock, outcomeOf } from "../../support/setup-world.ts";

const MINUTE = 60_000;
const OPERATOR: Caller = { kind: "operator" };

describe("the text of a key", () => {
  const octets = fc.uint8Array({ minLength: API_KEY_RANDOM_OCTETS, maxLength: API_KEY_RANDOM_OCTETS });
  const mode = fc.constantFrom<ApiKeyMode>("live", "test");

  test("is read back as what it was written for", () => {
    fc.assert(
      fc.property(mode, octets, (written, random) => {
        const text = formatApiKey(written, random);
        expect(text).toMatch(/^pr_(live|test)_[a-z2-7]{38}$/);
        expect(parseApiKey(text)).toEqual({ mode: written });
      }),
    );
  });

  test("is refused with any one character changed", () => {
    const text = formatApiKey("live", new Uint8Array(API_KEY_RANDOM_OCTETS).fill(7));
    for (const [index, character] of Array.from(text).entries())
      for (const other of ["a", "7", "x"])
        if (other !== character)
          expect(parseApiKey(text.slice(0, index) + other + text.slice(index + 1))).toBeNull();
  });

  const rows: [name: string, text: string][] = [
    ["nothing", ""],
    ["another prefix", `sk_live_${"a".repeat(38)}`],
    ["an invented key", `pr_live_${"a".repeat(38)}`],
    ["a key of the other mode's checksum", formatApiKey("live", new Uint8Array(20)).replace("live", "test")],
    ["capitals", formatApiKey("live", new Uint8Array(20)).toUpperCase()],
    ["a blank behind it", `${formatApiKey("live", new Uint8Array(20))} `],
  ];
  test.each(rows)("is refused: %s", (_, text) => {
    expect(parseApiKey(text)).toBeNull();
  });
});

async function makeAccessWorld(apiKeyMode: ApiKeyMode = "live") {
  const stores = makeChannelStores(await openTestDatabase());
  const clock = new MovableClock();
  const pending: Promise<unknown>[] = [];
  const ports = {
    ...stores,
    clock,
    ids: makeIdSource(clock),
    random: webRandomSource,
    sha256: webSha256,
    background: { after: (work: Promise<unknown>) => void pending.push(work) },
    settings: { apiKeyMode },
  };
  const { id: workspaceId } = await addWorkspace(stores, 1);
  const issue = (changes: Partial<IssueApiKey> = {}) =>
    issueApiKey(ports, {
      caller: OPERATOR,
      workspaceId,
      name: "Reminders",
      permissions: ["Channel.view"],
      expiresAt: null,
      ...changes,
    });
  const issued = async (changes: Partial<IssueApiKey> = {}) => {
    const made = await issue(changes);
    if (!made.ok) throw new Error(`no key: ${made.error.kind}`);
    return made.value;
  };
  const recognise = async (secret: string) => {
    const caller = await recogniseCaller(ports, { secret, secretSha256: await webSha256.hex(secret) });
    await Promise.all(pending.splice(0));
    return caller;
  };
  return { ports, workspaceId, issue, issued, recognise };
}

describe("issueApiKey", () => {
  test("answers a key that is recognised from then on, with its permissions as they were given", async () => {
    const { ports, workspaceId, issued, recognise } = await makeAccessWorld();
    const { apiKey, secret } = await issued({
      permissions: ["Channel.send", "Channel.view", "Channel.send"],
    });
    const permissions = ["Channel.send", "Channel.view"] as const;
    expect(apiKey).toMatchObject({
      workspaceId,
      name: "Reminders",
      permissions,
      expiresAt: null,
      lastUsedAt: null,
    });
    expect(parseApiKey(secret)).toEqual({ mode: "live" });
    expect(await recognise(secret)).toEqual({
      kind: "api_key",
      keyId: apiKey.id,
      workspaceId,
      permissions,
      expiresAt: null,
    });
    expect(await listApiKeys(ports, { workspaceId })).toMatchObject([{ id: apiKey.id }]);
  });

  test("never issues the same text twice", async () => {
    const { issued } = await makeAccessWorld();
    expect((await issued()).secret).not.toBe((await issued()).secret);
  });

  test("gives no permission away that the caller lacks, and says which", async () => {
    const { issue, workspaceId } = await makeAccessWorld();
    const caller: Caller = {
      kind: "api_key",
      keyId: "k",
      workspaceId,
      permissions: ["ApiKey.manage", "Channel.view"],
      expiresAt: null,
    };
    const permissions = ["Channel.view", "Channel.send", "Channel.delete"] as const;
    expect(await issue({ caller, permissions })).toMatchObject({
      error: { kind: "permission_not_held", permissions: ["Channel.send", "Channel.delete"] },
    });
    expect(outcomeOf(await issue({ caller, permissions: ["Channel.view", "ApiKey.manage"] }))).toBe("done");
  });

  test("issues nothing that outlives the caller's key", async () => {
    const { ports, issue, workspaceId } = await makeAccessWorld();
    const latest = ports.clock.at + MINUTE;
    const caller: Caller = {
      kind: "api_key",
      keyId: "k",
      workspaceId,
      permissions: ["Channel.view"],
      expiresAt: latest,
    };
    const issuedUntil = async (expiresAt: number | null): Promise<string> =>
      outcomeOf(await issue({ caller, expiresAt }));
    expect(await issuedUntil(null)).toBe("expiry_too_late");
    expect(await issuedUntil(latest + 1)).toBe("expiry_too_late");
    expect(await issuedUntil(latest)).toBe("done");
    expect(await issuedUntil(ports.clock.at)).toBe("expiry_in_past");
    expect(await issue({ caller, expiresAt: null })).toMatchObject({ error: { latest } });
  });

  test("keeps a workspace to 100 keys", async () => {
    const { ports, workspaceId, issue, issued } = await makeAccessWorld();
    const keys = await Promise.all(Array.from({ length: 100 }, () => issued()));
    expect(await issue()).toMatchObject({ error: { kind: "api_key_limit", keysMax: 100 } });
    expect(outcomeOf(await revokeApiKey(ports, { workspaceId, keyId: keys[0]?.apiKey.id ?? "" }))).toBe(
      "done",
    );
    expect(outcomeOf(await issue())).toBe("done");
  });
});

describe("recogniseCaller", () => {
  test("knows a key until it expires", async () => {
    const { ports, issued, recognise } = await makeAccessWorld();
    const { secret } = await issued({ expiresAt: ports.clock.at + MINUTE });
    ports.clock.pass(MINUTE - 1);
    expect(await recognise(secret)).not.toBeNull();
    ports.clock.pass(1);
    expect(await recognise(secret)).toBeNull();
  });

  test("knows a key until it is revoked, by its own workspace only", async () => {
    const { ports, workspaceId, issued, recognise } = await makeAccessWorld();
    const { apiKey, secret } = await issued();
    const { id: neighbourId } = await addWorkspace(ports, 2);
    const revoke = async (asking: string): Promise<string> =>
      outcomeOf(await revokeApiKey(ports, { workspaceId: asking, keyId: apiKey.id }));
    expect(await revoke(neighbourId)).toBe("api_key_not_found");
    expect(await recognise(secret)).not.toBeNull();
    expect(await revoke(workspaceId)).toBe("done");
    expect(await recognise(secret)).toBeNull();
    ports.clock.pass(1);
    expect(await revoke(workspaceId)).toBe("api_key_not_found");
  });

  test("knows no key of the other mode, even one that is stored", async () => {
    const { ports, issued } = await makeAccessWorld("test");
    const { secret } = await issued();
    const presented = { secret, secretSha256: await webSha256.hex(secret) };
    expect(await recogniseCaller(ports, presented)).not.toBeNull();
    expect(await recogniseCaller({ ...ports, settings: { apiKeyMode: "live" } }, presented)).toBeNull();
  });

  test("looks nothing up for what cannot be a key", async () => {
    const { ports } = await makeAccessWorld();
    const findBySecret = (): never => {
      throw new Error("looked up");
    };
    const blind = { ...ports, apiKeys: { ...ports.apiKeys, findBySecret } };
    expect(await recogniseCaller(blind, { secret: "pr_live_nonsense", secretSha256: "x" })).toBeNull();
  });

  test("notes the last use to the minute, once a minute", async () => {
    const { ports, workspaceId, issued, recognise } = await makeAccessWorld();
    const { secret } = await issued();
    const lastUse = async (): Promise<unknown> => (await listApiKeys(ports, { workspaceId }))[0]?.lastUsedAt;
    const touches: number[] = [];
    const touch = ports.apiKeys.touch;
    ports.apiKeys.touch = (id, at) => {
      touches.push(at);
      return touch(id, at);
    };
    const minute = ports.clock.at - (ports.clock.at % MINUTE);
    ports.clock.at = minute + 42_123;
    await recognise(secret);
    expect(await lastUse()).toBe(minute);
    await recognise(secret);
    ports.clock.at = minute + MINUTE;
    await recognise(secret);
    expect(touches).toEqual([minute, minute + MINUTE]);
    expect(await lastUse()).toBe(minute + MINUTE);
  });

  test("lets a caller in whose use cannot be noted", async () => {
    const { ports, issued, recognise } = await makeAccessWorld();
    const { secret } = await issued();
    ports.apiKeys.touch = () => Promise.reject(new Error("the storage is gone"));
    expect(await recognise(secret)).not.toBeNull();
  });
});

describe("workspaces", () => {
  test("are made, found and listed in creation order", async () => {
    const { ports, workspaceId } = await makeAccessWorld();
    const made = await createWorkspace(ports, { name: "Nu\u0308rnberg", claim: null });
    if (!made.ok) throw new Error("no workspace");
    expect(made.value).toMatchObject({ name: "Nürnberg", createdAt: ports.clock.at });
    expect(await getWorkspace(ports, { workspaceId: made.value.id })).toEqual(made);
    const { items, total } = await listWorkspaces(ports, { window: { offset: 0, limit: 10 } });
    expect([items.map(({ id }) => id), total]).toEqual([[workspaceId, made.value.id], 2]);
    expect(outcomeOf(await getWorkspace(ports, { workspaceId: ports.ids.newId() }))).toBe(
      "workspace_not_found",
    );
  });

  test("are made once for a claim", async () => {
    const { ports } = await makeAccessWorld();
    expect(outcomeOf(await createWorkspace(ports, { name: "One", claim: sampleClaim() }))).toBe("done");
    expect(outcomeOf(await createWorkspace(ports, { name: "Two", claim: sampleClaim() }))).toBe("claim_lost");
  });
});
