// The slowest of the runtimes here: the journeys of arriving mail have a file of their own.
import { OTHER_JOURNEYS } from "../journeys/all.ts";
import { runWorkerJourneys } from "../support/journey-suite.ts";
import { journeys as connections } from "./connections.journey.ts";

runWorkerJourneys([...OTHER_JOURNEYS, ...connections]);
