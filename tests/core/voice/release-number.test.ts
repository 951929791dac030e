// A release after one whose end nobody knows: the number may point nowhere by now, so it is `assigned` no more.
import { expect, test } from "bun:test";
import { assignNumber } from "../../../core/voice/assign-number.ts";
import { listNumbers } from "../../../core/voice/list-numbers.ts";
import { releaseNumber } from "../../../core/voice/release-number.ts";
import { valueOf } from "../../support/channel-samples.ts";
import { outcomeOf, ticks } from "../../support/setup-world.ts";
import { makeVoiceWorld, NUMBER } from "../../support/voice-world.ts";

test.each(["throttled", "credentials_refused", "refused", "unavailable", "timed_out"] as const)(
  "%s, and it is still being released until that is done",
  async (kind) => {
    const world = await makeVoiceWorld();
    const { ports, workspaceId, useCase } = world;
    const { faults } = ports.voiceProvider;
    const scope = { workspaceId, useCaseId: useCase.id };
    const number = valueOf(await assignNumber(ports, { ...scope, phoneNumberSid: NUMBER, claim: null }));
    const release = async (): Promise<string> =>
      outcomeOf(await releaseNumber(ports, { ...scope, phoneNumberId: number.id, forgets: false }));
    const statuses = async () => valueOf(await listNumbers(ports, scope)).map(({ status }) => status);

    faults.set("pointNumber", { kind: "timed_out", afterAccept: true });
    expect(await release()).toBe("provider_timed_out");
    faults.set("getNumber", { kind });
    expect(await release()).not.toBe("done");
    expect(await statuses()).toEqual(["releasing"]);
    await ticks(world);
    expect(await statuses()).toEqual([]);

    // The first release of another assignment, which surely did nothing, leaves it as it was.
    const again = valueOf(await assignNumber(ports, { ...scope, phoneNumberSid: NUMBER, claim: null }));
    faults.set("getNumber", { kind });
    const refused = await releaseNumber(ports, { ...scope, phoneNumberId: again.id, forgets: false });
    expect(outcomeOf(refused)).not.toBe("done");
    expect(await statuses()).toEqual(["assigned"]);
  },
);
