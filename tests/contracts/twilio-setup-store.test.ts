import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./twilio-setup-store.contract.ts";

await runContract(new URL("./twilio-setup-store.contract.ts", import.meta.url));
runReplays(contract);
