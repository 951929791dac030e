import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./phone-number-store.contract.ts";

await runContract(new URL("./phone-number-store.contract.ts", import.meta.url));
runReplays(contract);
