import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./voice-webhook-store.contract.ts";

await runContract(new URL("./voice-webhook-store.contract.ts", import.meta.url));
runReplays(contract);
