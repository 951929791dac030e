import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./capacity.contract.ts";

await runContract(new URL("./capacity.contract.ts", import.meta.url));
runReplays(contract);
