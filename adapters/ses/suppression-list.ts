// A tenant's suppression list at SES. SES adds hard bounces and complaints to it by itself.
import type { ProviderSuppressionList } from "../../core/ports/provider-suppression-list.ts";
import { ok } from "../../core/result.ts";
import type { SesCall } from "./ses-call.ts";

export function makeSesSuppressionList(call: SesCall): ProviderSuppressionList {
  return {
    async put(tenantName, address) {
      const body = { EmailAddress: address, Reason: "BOUNCE", TenantName: tenantName };
      const answer = await call("PUT", "/suppression/addresses", body);
      return answer.ok ? ok(undefined) : answer;
    },
    async remove(tenantName, address) {
      const path = `/suppression/addresses/${encodeURIComponent(address)}`;
      const answer = await call("DELETE", `${path}?TenantName=${encodeURIComponent(tenantName)}`);
      return answer.ok ? ok(undefined) : answer;
    },
  };
}
