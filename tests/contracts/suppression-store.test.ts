import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./suppression-store.contract.ts";

await runContract(new URL("./suppression-store.contract.ts", import.meta.url));
runReplays(contract);
