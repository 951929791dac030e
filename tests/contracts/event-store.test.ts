import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./event-store.contract.ts";

await runContract(new URL("./event-store.contract.ts", import.meta.url));
runReplays(contract);
