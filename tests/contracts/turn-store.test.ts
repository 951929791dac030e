import { runContract } from "../support/contract.ts";

await runContract(new URL("./turn-store.contract.ts", import.meta.url));
