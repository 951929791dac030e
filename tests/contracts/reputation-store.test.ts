import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./reputation-store.contract.ts";

await runContract(new URL("./reputation-store.contract.ts", import.meta.url));
runReplays(contract);
