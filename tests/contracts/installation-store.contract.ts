// What InstallationStore promises, sentence by sentence, on every database (see tests/support/contract.ts).
import assert from "node:assert/strict";
import { makeInstallationStore } from "../../adapters/libsql/installation-store.ts";
import type { InstallationStore } from "../../core/ports/installation-store.ts";
import type { Contract } from "../support/contract.ts";

export const contract: Contract<InstallationStore> = {
  name: "installation store",
  open: makeInstallationStore,
  cases: [
    {
      name: "fact answers null for a fact never set",
      async run(store) {
        assert.equal(await store.fact("mode"), null);
      },
    },
    {
      name: "setOnce stores a value and answers it",
      async run(store) {
        assert.equal(await store.setOnce("mode", "sandbox"), "sandbox");
        assert.equal(await store.fact("mode"), "sandbox");
      },
    },
    {
      name: "a fact never changes: setOnce answers the value that is stored",
      async run(store) {
        await store.setOnce("mode", "sandbox");
        assert.equal(await store.setOnce("mode", "live"), "sandbox");
        assert.equal(await store.fact("mode"), "sandbox");
      },
    },
    {
      name: "facts do not disturb each other",
      async run(store) {
        await store.setOnce("mode", "live");
        assert.equal(await store.setOnce("installation", "an id"), "an id");
        assert.equal(await store.fact("operator_key_sha256"), null);
        assert.equal(await store.fact("mode"), "live");
      },
    },
    {
      name: "two instances that start at once are told the same value",
      async run(store, place) {
        const other = makeInstallationStore(await place.openAnother());
        const told = await Promise.all([
          store.setOnce("installation", "first"),
          other.setOnce("installation", "second"),
        ]);
        assert.equal(told[0], told[1]);
        assert.equal(await store.fact("installation"), told[0]);
      },
    },
  ],
};
