// A setup world on a database of the running test's own: call it inside a test.
import { openTestDatabase } from "./databases.ts";
import { type SetupWorld, setupWorldOn, type SetupWorldSettings } from "./setup-world.ts";

export const makeSetupWorld = async (settings: SetupWorldSettings = {}): Promise<SetupWorld> =>
  setupWorldOn(await openTestDatabase(), settings);
