import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./inbound-threads.contract.ts";

await runContract(new URL("./inbound-threads.contract.ts", import.meta.url));
runReplays(contract);
