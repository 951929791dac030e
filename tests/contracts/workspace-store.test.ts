import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./workspace-store.contract.ts";

await runContract(new URL("./workspace-store.contract.ts", import.meta.url));
runReplays(contract);
