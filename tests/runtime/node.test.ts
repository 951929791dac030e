import { JOURNEYS } from "../journeys/all.ts";
import { runLongLivedJourneys } from "../support/journey-suite.ts";
import { journeys as connections } from "./connections.journey.ts";

runLongLivedJourneys("node", [...JOURNEYS, ...connections]);
