import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./api-key-store.contract.ts";

await runContract(new URL("./api-key-store.contract.ts", import.meta.url));
runReplays(contract);
