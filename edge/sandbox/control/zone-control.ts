// Editing the zone, as a person would at a DNS provider: `POST /_sandbox/dns/publish` with the records that a setup
// shows, `PUT` and `DELETE` for one name and type.
import type { Hono } from "hono";
import { z } from "zod";

import {
  normalName,
  parseMx,
  publishValue,
  setZoneValues,
  ZONE_TYPES,
  type ZoneType,
  zoneValues,
} from "../dns/zone.ts";
import type { Sandbox } from "../sandbox.ts";
import { problem, readControlBody, unknownQuery } from "./control-request.ts";

const NAMES_MAX = 20_000;
const VALUES_MAX = 50;
const VALUE_CHARACTERS_MAX = 4_096;

// RFC 1035 section 2.3.4: labels of 63 octets, names of 255.
const name = z
  .string()
  .max(255)
  .regex(/^([a-zA-Z0-9_*-]{1,63}\.)*[a-zA-Z0-9_*-]{1,63}\.?$/, "is no host name");
const value = z.string().min(1).max(VALUE_CHARACTERS_MAX);
const publishBody = z.strictObject({
  records: z
    .array(
      // Whatever else a setup's record says about itself may come along.
      z.looseObject({ address: name, record: value, type: z.enum(ZONE_TYPES) }),
    )
    .min(1)
    .max(VALUES_MAX),
});
const valuesBody = z.strictObject({ values: z.array(value).max(VALUES_MAX) });

export function mountZoneControl(app: Hono, sandbox: Sandbox): void {
  const { zone } = sandbox.records;

  app.get("/_sandbox/dns", (c) => unknownQuery(c, []) ?? c.json({ items: zone.list() }));

  app.post("/_sandbox/dns/publish", async (c) => {
    const body = await readControlBody(c, publishBody);
    if (body instanceof Response) return body;
    const bad = body.records.find(({ type, record }) => type === "MX" && parseMx(record) === null);
    if (bad !== undefined) return badMx(bad.record);
    if (zone.count() + body.records.length > NAMES_MAX) return problem(409, "The zone is full.");
    sandbox.store.transaction(() => {
      for (const { address, type, record } of body.records) publishValue(zone, address, type, record);
    });
    return c.json({ published: body.records.length });
  });

  app.put("/_sandbox/dns/:name/:type", async (c) => {
    const type = zoneType(c.req.param("type"));
    if (type === null || !name.safeParse(c.req.param("name")).success) return badName();
    const body = await readControlBody(c, valuesBody);
    if (body instanceof Response) return body;
    const bad = type === "MX" ? body.values.find((one) => parseMx(one) === null) : undefined;
    if (bad !== undefined) return badMx(bad);
    if (zone.count() >= NAMES_MAX) return problem(409, "The zone is full.");
    setZoneValues(zone, c.req.param("name"), type, body.values);
    return c.json({ name: normalName(c.req.param("name")), type, values: body.values });
  });

  app.delete("/_sandbox/dns/:name/:type", (c) => {
    const type = zoneType(c.req.param("type"));
    if (type === null) return badName();
    const values = zoneValues(zone, c.req.param("name"), type);
    setZoneValues(zone, c.req.param("name"), type, []);
    return c.json({ name: normalName(c.req.param("name")), type, values: [], removed: values });
  });
}

const zoneType = (text: string): ZoneType | null =>
  ZONE_TYPES.find((one) => one === text.toUpperCase()) ?? null;

const badMx = (text: string): Response =>
  problem(422, `"${text}" is no MX value.`, { hint: "Write preference and host: 10 mail.example.com" });

const badName = (): Response =>
  problem(422, "The path must be /_sandbox/dns/{name}/{type}.", { hint: `Types: ${ZONE_TYPES.join(", ")}.` });
