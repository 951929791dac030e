// Loaded by Deno before a program (`--unstable-cron --preload`): its own cron, which checks and keeps what it is told, rings
// once at once as well, because a test does not wait for the minute, and says so.
type Cron = (name: string, schedule: string, options: object, work: () => Promise<void>) => Promise<void>;
declare const Deno: { readonly cron: Cron };

const { cron } = Deno;
const atOnce: Cron = (name, schedule, options, work) => {
  const kept = cron(name, schedule, options, work);
  console.log(`cron: ${name} ${schedule}`);
  void work();
  return kept;
};
Object.defineProperty(Deno, "cron", { value: atOnce });
