import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./inbound-arrivals.contract.ts";

await runContract(new URL("./inbound-arrivals.contract.ts", import.meta.url));
runReplays(contract);
