// A program that dies, or is held up: every call to one of its ports is two instants, before and after it takes effect, and from the
// chosen instant on nothing of it takes effect any more, as after kill -9. Nothing is cleaned up behind it.

export class Life {
  /** How many instants it has lived. */
  instants = 0;
  private readonly diesAt: number;
  constructor(diesAt: number) {
    this.diesAt = diesAt;
  }
  get isOver(): boolean {
    return this.instants > this.diesAt;
  }
  pass(): void {
    if (this.instants++ >= this.diesAt) throw new Error("the program is dead");
  }
}

/** Lets its work go on for so many instants, then holds it until it is let go. */
export class Gate {
  private left: number;
  private open: () => void = () => undefined;
  readonly isClosed: Promise<void>;
  private close: () => void = () => undefined;
  private readonly isOpen = new Promise<void>((resolve) => (this.open = resolve));
  constructor(instants: number) {
    this.left = instants;
    this.isClosed = new Promise((resolve) => (this.close = resolve));
  }
  pass(): void | Promise<void> {
    if (this.left-- > 0) return;
    this.close();
    return this.isOpen;
  }
  letGo(): void {
    this.open();
  }
}

type Passing = { pass(): void | Promise<void> };

/** The port, each of whose calls passes two instants; those of a provider that is made for one piece of work as well. */
export const mortal = <Port extends object>(port: Port, life: Passing): Port =>
  new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name === "startingBy")
        return (...args: unknown[]) => mortal(member.apply(target, args) as object, life);
      return async (...args: unknown[]): Promise<unknown> => {
        await life.pass();
        const answer: unknown = await member.apply(target, args);
        await life.pass();
        return answer;
      };
    },
  });

/** What lies outside of the program: the rest dies with it. */
const OUTSIDE = [
  "setups",
  "useCases",
  "phoneNumbers",
  "tasks",
  "mailProvider",
  "voiceProvider",
  "suppressions",
  "inbound",
  "inboundMailbox",
  "blobs",
] as const;
type Outside = Readonly<Partial<Record<(typeof OUTSIDE)[number], object>>>;

/** A world's ports as a program of that life sees them. */
export const mortalPorts = <Ports extends Outside>(ports: Ports, life: Passing): Ports => {
  const outside = OUTSIDE.flatMap((name) => {
    const port: object | undefined = ports[name];
    return port === undefined ? [] : [[name, mortal(port, life)] as const];
  });
  return { ...ports, ...Object.fromEntries(outside) };
};
