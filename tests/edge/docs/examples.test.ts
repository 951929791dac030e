// Whoever copies an example of the document sends something that is taken, and reads something that is answered.
import { expect, test } from "bun:test";
import { channelOperations } from "../../../edge/channels/operations.ts";
import { emailOperations } from "../../../edge/email/operations.ts";
import type { Examples } from "../../../edge/operation.ts";
import { operatorOperations } from "../../../edge/operator/operations.ts";
import { suppressionOperations } from "../../../edge/suppression/operations.ts";
import { workspaceOperations } from "../../../edge/workspace/operations.ts";

const OPERATIONS = [
  channelOperations,
  emailOperations,
  operatorOperations,
  suppressionOperations,
  workspaceOperations,
].flat();

const all = ({ example, otherExamples }: Examples<unknown>): unknown[] => [
  example,
  ...Object.values(otherExamples ?? {}),
];

test.each(OPERATIONS.map((one) => [`${one.method} ${one.paths[0]?.path}`, one] as const))(
  "%s",
  (_, { body, answer }) => {
    for (const example of body ? all(body) : []) expect(body?.schema.safeParse(example).success).toBe(true);
    if (!("schema" in answer)) return;
    // Members that the schema does not know are lost in parsing.
    for (const example of all(answer)) expect(answer.schema.parse(example)).toEqual(example);
  },
);
