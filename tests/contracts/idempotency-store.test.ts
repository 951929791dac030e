import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./idempotency-store.contract.ts";

await runContract(new URL("./idempotency-store.contract.ts", import.meta.url));
runReplays(contract);
