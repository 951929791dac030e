// Dedicated IP pools, as names that a configuration set may point at. No address is ever in one.
import { z } from "zod";

import { alreadyExists, limitExceeded, page, parseBody, type SesOperation } from "./ses-operation.ts";
import { objectName, tags } from "./ses-schema.ts";

/** SES: 50 per region, both scaling modes together. */
const POOLS_MAX = 50;

const createBody = z.object({
  PoolName: objectName,
  Tags: tags,
  ScalingMode: z.enum(["STANDARD", "MANAGED"]).default("STANDARD"),
});

export const createDedicatedIpPool: SesOperation = (sandbox, input) => {
  const { PoolName: name, Tags, ScalingMode: scalingMode } = parseBody(createBody, input);
  const { pools } = sandbox.records;
  if (pools.has(name)) throw alreadyExists(`Dedicated IP pool <${name}> already exists.`);
  if (pools.count() >= POOLS_MAX) throw limitExceeded("Maximum number of dedicated IP pools reached.");
  pools.put(name, { name, scalingMode, tags: Tags });
  return {};
};

export const listDedicatedIpPools: SesOperation = (sandbox, input) => {
  const size = input.query.get("PageSize");
  const options = {
    NextToken: input.query.get("NextToken") ?? undefined,
    PageSize: size === null ? undefined : Number(size),
  };
  const { items, token } = page(
    options,
    (after, limit) => sandbox.records.pools.list({ prefix: "", after, limit }),
    (pool) => pool.name,
  );
  return { DedicatedIpPools: items.map((pool) => pool.name), ...token };
};
