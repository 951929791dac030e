import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./inbound-store.contract.ts";

await runContract(new URL("./inbound-store.contract.ts", import.meta.url));
runReplays(contract);
