// A sandbox in the test's own process, or one that runs already, with a client for its control paths and signed calls to
// its services. The process's own one lives until the test file ends, unless it is stopped before.
import { afterAll } from "bun:test";
import { AwsClient } from "aws4fetch";

import { SANDBOX_CREDENTIALS, SANDBOX_REGION, sandboxEndpoints } from "../../edge/sandbox/endpoints.ts";
import { type SandboxOptions, startSandbox as start } from "../../edge/sandbox/start.ts";

export type MailboxItem = {
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly message_id: string;
  readonly received_at: string;
};
export type ProviderCall = {
  readonly service: string;
  readonly operation: string;
  readonly status: number | "timeout";
  readonly at: string;
  readonly duration_ms: number;
};
export type PostedNotification = {
  readonly endpoint: string;
  readonly type: string;
  readonly message_id: string;
  readonly attempt: number;
  readonly outcome: number | string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
/** As the control paths take and show it; the API shows more. */
export type TwilioNumber = {
  readonly sid: string;
  readonly account_sid: string | null;
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly voice_url: string;
  readonly voice_method: string;
  readonly status_callback: string;
  readonly status_callback_method: string;
  readonly voice_application_sid: string | null;
  readonly trunk_sid: string | null;
};
export type TwilioWebhook = {
  readonly kind: "voice" | "status";
  readonly method: string;
  readonly url: string;
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
  readonly signature: string;
  readonly status: number | null;
  readonly body: string | null;
};
export type TwilioCall = { readonly call_sid: string; readonly webhooks: readonly TwilioWebhook[] };
export type SandboxState = {
  readonly tenants: readonly {
    name: string;
    arn: string;
    sending_status: string;
    tags: Readonly<Record<string, string>>;
    resources: string[];
  }[];
  readonly identities: readonly {
    name: string;
    verified_for_sending: boolean;
    dkim_tokens: string[];
    mail_from_domain: string | null;
    feedback_forwarding: boolean;
    tags: Readonly<Record<string, string>>;
  }[];
  readonly configuration_sets: readonly {
    name: string;
    delivery_options: {
      readonly SendingPoolName?: string;
      readonly TlsPolicy?: string;
      readonly MaxDeliverySeconds?: number;
    };
    event_destinations: readonly { name: string }[];
    tags: Readonly<Record<string, string>>;
  }[];
  readonly suppressions: readonly { address: string; reason: string; tenant: string | null }[];
  readonly subscriptions: readonly { arn: string; endpoint: string; is_confirmed: boolean }[];
  readonly receipt_rule_sets: readonly {
    name: string;
    is_active: boolean;
    rules: readonly { name: string; enabled: boolean }[];
  }[];
  readonly twilio: {
    readonly accounts: readonly { sid: string; friendly_name: string; status: string }[];
    readonly customer_profiles: readonly { sid: string; account_sid: string | null; status: string }[];
    readonly phone_numbers: readonly TwilioNumber[];
  };
  readonly object_count: number;
  readonly mailbox_count: number;
  readonly pending_deliveries: number;
};
/** What became of a mail at SES's inbound host; `message_id` is SES's own. */
export type MailArrived = {
  readonly message_id: string | null;
  readonly recipients: readonly string[];
  readonly refused: readonly string[];
};
/** `from` is the envelope's sender, `<>` the null path; the others are SES's verdicts, PASS if not given. */
export type ArrivalGiven = {
  readonly rcpt: string | readonly string[];
  readonly from?: string;
} & Partial<Readonly<Record<"spam" | "virus" | "spf" | "dkim" | "dmarc", string>>>;
export type ReplyGiven = {
  readonly text: string;
  readonly html?: string;
  readonly strip_references?: boolean;
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
};
/** `reply_message_id`: of the reply's own header, bare. */
export type ReplyArrived = MailArrived & { readonly reply_message_id: string };
export type DnsRecordGiven = { readonly address: string; readonly record: string; readonly type: string };

export type SandboxControl = ReturnType<typeof sandboxControl>;

/** The control paths of the sandbox at this address; throws when one of them refuses. */
export function sandboxControl(url: string) {
  const ask = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await fetch(`${url}/_sandbox${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const arrive = async (
    message: string | Uint8Array<ArrayBuffer>,
    given: ArrivalGiven,
  ): Promise<MailArrived> => {
    const query = new URLSearchParams(
      Object.entries(given).flatMap(([name, values]) => [values].flat().map((value) => [name, value])),
    );
    const response = await fetch(`${url}/_sandbox/inbound?${query}`, {
      method: "POST",
      headers: { "content-type": "message/rfc822" },
      body: message,
    });
    if (!response.ok) throw new Error(`POST /inbound: ${response.status} ${await response.text()}`);
    return (await response.json()) as MailArrived;
  };
  const read = async <T>(path: string): Promise<T> => (await (await ask("GET", path)).json()) as T;
  const items = async <T>(path: string): Promise<readonly T[]> => (await read<{ items: T[] }>(path)).items;
  return {
    publishDns: (records: readonly DnsRecordGiven[]) => ask("POST", "/dns/publish", { records }),
    setDns: (name: string, type: string, values: readonly string[]) =>
      ask("PUT", `/dns/${name}/${type}`, { values }),
    removeDns: (name: string, type: string) => ask("DELETE", `/dns/${name}/${type}`),
    mailbox: (to?: string) =>
      items<MailboxItem>(`/mailbox${to === undefined ? "" : `?to=${encodeURIComponent(to)}`}`),
    raw: async (id: string) => (await ask("GET", `/mailbox/${id}/raw`)).bytes(),
    event: (id: string, event: { type: string } & Record<string, unknown>) =>
      ask("POST", `/mailbox/${id}/events`, event),
    /** One click on the mail program's own button; answers what the click was answered. */
    unsubscribe: async (id: string) =>
      (await (await ask("POST", `/mailbox/${id}/unsubscribe`)).json()) as {
        url: string;
        status: number;
        body: string;
      },
    /** The same by the mail it names for programs that cannot post. */
    unsubscribeByMail: async (id: string) =>
      (await (await ask("POST", `/mailbox/${id}/unsubscribe`, { by: "mail" })).json()) as MailArrived & {
        url: string;
      },
    /** A raw message arrives at SES's inbound host. */
    inbound: arrive,
    /** The recipient's mail program answers a message that was delivered. */
    reply: async (id: string, reply: ReplyGiven) =>
      (await (await ask("POST", `/mailbox/${id}/reply`, reply)).json()) as ReplyArrived,
    setFaults: (faults: object) => ask("PUT", "/faults", faults),
    clearFaults: () => ask("DELETE", "/faults"),
    calls: (operation?: string) =>
      items<ProviderCall>(`/calls${operation === undefined ? "" : `?operation=${operation}`}`),
    clearCalls: () => ask("DELETE", "/calls"),
    state: () => read<SandboxState>("/state"),
    setAccount: (account: object) => ask("PUT", "/account", account),
    setTwilioAccount: (
      sid: string,
      account: { auth_token?: string; friendly_name?: string; status?: string; page_size_max?: number },
    ) => ask("PUT", `/twilio/accounts/${sid}`, account),
    setCustomerProfile: (sid: string, profile: { status: string; account_sid?: string }) =>
      ask("PUT", `/twilio/customer-profiles/${sid}`, profile),
    removeCustomerProfile: (sid: string) => ask("DELETE", `/twilio/customer-profiles/${sid}`),
    setPhoneNumber: (sid: string, number: Partial<Omit<TwilioNumber, "sid">>) =>
      ask("PUT", `/twilio/phone-numbers/${sid}`, number),
    phoneNumber: (sid: string) => read<TwilioNumber>(`/twilio/phone-numbers/${sid}`),
    removePhoneNumber: (sid: string) => ask("DELETE", `/twilio/phone-numbers/${sid}`),
    /** Somebody rings the number; answers what its webhooks were sent and what they said. */
    callPhoneNumber: async (
      sid: string,
      call: { from?: string; call_sid?: string; parameters?: TwilioWebhook["parameters"] } = {},
    ) => (await (await ask("POST", `/twilio/phone-numbers/${sid}/calls`, call)).json()) as TwilioCall,
    notifications: (messageId?: string) =>
      items<PostedNotification>(
        `/sns/deliveries${messageId === undefined ? "" : `?message_id=${messageId}`}`,
      ),
  };
}

/** Signed calls with the sandbox's credentials, or others. */
export function sandboxAws(
  url: string,
  credentials: { accessKeyId: string; secretAccessKey: string } = SANDBOX_CREDENTIALS,
) {
  const endpoints = sandboxEndpoints(url);
  const client = (service: string): AwsClient =>
    new AwsClient({ ...credentials, service, region: SANDBOX_REGION, retries: 0 });
  const ses = client("ses");
  const sns = client("sns");
  const s3 = client("s3");
  return {
    endpoints,
    ses: (method: string, path: string, body?: object) =>
      ses.fetch(`${endpoints.sesV2}/v2/email${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    /** A signed SES call with any body at all. */
    raw: (method: string, path: string, body: string) =>
      ses.fetch(`${endpoints.sesV2}${path}`, { method, body }),
    /** A call to the older SES service. */
    sesQuery: (form: Record<string, string>) =>
      ses.fetch(endpoints.ses, {
        method: "POST",
        body: new URLSearchParams({ Version: "2010-12-01", ...form }).toString(),
      }),
    sns: (form: Record<string, string>) =>
      sns.fetch(endpoints.sns, { method: "POST", body: new URLSearchParams(form).toString() }),
    s3: (method: string, path: string, init: RequestInit = {}) =>
      s3.fetch(`${endpoints.s3}${path}`, { ...init, method }),
    /** `datetime` is the time of signing, as in X-Amz-Date; now, if not given. */
    presign: async (path: string, query: Record<string, string>, datetime?: string): Promise<string> => {
      const signed = await s3.sign(`${endpoints.s3}${path}?${new URLSearchParams(query)}`, {
        aws: { signQuery: true, ...(datetime === undefined ? {} : { datetime }) },
      });
      return signed.url;
    },
  };
}

export type TestSandbox = {
  readonly url: string;
  readonly control: SandboxControl;
  readonly aws: ReturnType<typeof sandboxAws>;
  /** Resolves when no notification is on its way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts one in this process, on a free port and without a file unless told otherwise. */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const running = await start({ port: 0, ...options });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await running.stop();
  };
  afterAll(stop);
  return {
    url: running.url,
    control: sandboxControl(running.url),
    aws: sandboxAws(running.url),
    settled: () => running.settled(),
    stop,
  };
}
