// The memory of a process as Linux counts it (/proc/{pid}, man proc_pid_status): what it holds now, and the most it has
// held since the mark was last put down.
import { readdir, readFile, readlink, writeFile } from "node:fs/promises";

/** Writing it to clear_refs sets the peak (VmHWM) to what is held now. */
const RESET_PEAK = "5";
/** The state of a listening socket in /proc/net/tcp. */
const LISTENING = "0A";

export const heldMb = (pid: number): Promise<number> => statusMb(pid, "VmRSS");
export const peakMb = (pid: number): Promise<number> => statusMb(pid, "VmHWM");
export const resetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, RESET_PEAK);

async function statusMb(pid: number, field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const [, kb] = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status) ?? [];
  if (kb === undefined) throw new Error(`process ${pid} has no ${field}`);
  return Number(kb) / 1024;
}

/** The process that serves this URL of this machine: workerd, for one, is started by others. */
export async function processServing(url: string): Promise<number> {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, "0");
  const sockets = (await readFile("/proc/net/tcp", "utf8"))
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const inode = sockets.find(([, local, , state]) => local?.endsWith(`:${port}`) && state === LISTENING)?.[9];
  for (const pid of await readdir("/proc"))
    if (/^\d+$/.test(pid) && inode !== undefined && (await holds(pid, `socket:[${inode}]`)))
      return Number(pid);
  throw new Error(`no process serves ${url}`);
}

async function holds(pid: string, target: string): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => null)),
  );
  return targets.includes(target);
}
