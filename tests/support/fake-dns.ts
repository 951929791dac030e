// A zone of a map, asked by any number of resolvers: what is published is found, names above it exist, the rest does
// not. A resolver can be made to fail.
import type { DnsAnswer, DnsRecordType, DnsResolver } from "../../core/ports/dns-resolver.ts";
import type { DnsRecord } from "../../core/setup/dns-records.ts";

export class FakeDns implements DnsResolver {
  private readonly zone = new Map<string, readonly string[]>();
  /** Names that exist with other types, as a flattened CNAME does. */
  readonly otherNames = new Set<string>();
  readonly asked: string[] = [];
  /** Per resolver: whether it answers. */
  resolvers: boolean[] = [true, true];
  /** Names no resolver answers for. */
  readonly broken = new Set<string>();
  /** Called at each question: lets a test move its clock. */
  beforeAnswer: () => void = () => undefined;

  publish(records: readonly Pick<DnsRecord, "address" | "type" | "record">[]): void {
    for (const { address, type, record } of records) this.set(address, type, [record]);
  }

  set(name: string, type: DnsRecordType, values: readonly string[]): void {
    if (values.length === 0) this.zone.delete(`${type} ${name}`);
    else this.zone.set(`${type} ${name}`, values);
  }

  lookup(name: string, type: DnsRecordType): Promise<readonly DnsAnswer[]> {
    this.asked.push(`${type} ${name}`);
    this.beforeAnswer();
    return Promise.resolve(
      this.resolvers.map((answers) =>
        answers && !this.broken.has(name) ? this.answer(name, type) : { kind: "failed" },
      ),
    );
  }

  private answer(name: string, type: DnsRecordType): DnsAnswer {
    const values = this.zone.get(`${type} ${name}`);
    if (values) return { kind: "records", values };
    const published = [...this.zone.keys()].map((key) => key.slice(key.indexOf(" ") + 1));
    const nameExists = [...published, ...this.otherNames].some(
      (known) => known === name || known.endsWith(`.${name}`),
    );
    return { kind: "none", nameExists };
  }
}
