import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./task-store.contract.ts";

await runContract(new URL("./task-store.contract.ts", import.meta.url));
runReplays(contract);
