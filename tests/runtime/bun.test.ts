// The journeys that all runtimes share run on Bun in tests/journeys.
import { runLongLivedJourneys } from "../support/journey-suite.ts";
import { journeys } from "./connections.journey.ts";

runLongLivedJourneys("bun", journeys);
