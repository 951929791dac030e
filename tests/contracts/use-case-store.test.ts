import { runContract } from "../support/contract.ts";
import { runReplays } from "../support/replays.ts";
import { contract } from "./use-case-store.contract.ts";

await runContract(new URL("./use-case-store.contract.ts", import.meta.url));
runReplays(contract);
