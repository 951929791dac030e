import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./installation-store.contract.ts";

await runContract(new URL("./installation-store.contract.ts", import.meta.url));
runReplays(contract);
