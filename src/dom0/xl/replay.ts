import { Diverged, type Entry, follow } from '../../machine/replay.ts';
import { whereLines } from '../../x86/pc/trace.ts';
import { stateHash } from '../../xen/snapshot.ts';
import { type Host, startHost } from './host.ts';
import { type HostInput, HostMachine, settle } from './machine.ts';
import type { Options } from './options.ts';
import { type HostLine, readTape } from './record.ts';
import { crashLines } from './report.ts';

type InputLine = HostLine & Entry<HostInput>;

const isInput = (line: HostLine): line is InputLine =>
  line.what !== undefined;

/** Replays a recording; its exit code is that of the recorded run.
 * @param output gets what was printed, @param say our own lines */
export function replay(
  o: Options, output: (bytes: Uint8Array) => void,
  say: (line: string) => void,
): number {
  const { ramMiB, request, lines, torn } = readTape(o.files[0] ?? '');
  const translated = !o.reference;
  const host = startHost({ ramMiB, onOutput: output, translated });
  const last = lines.at(-1) ?? { at: 0 };
  const until = Math.min(o.until, last.at);
  if (torn) say('xl: the end of the recording is missing');
  const machine = new HostMachine(host, [request]);
  follow(machine, lines.filter(isInput), until);
  const code = until === last.at ? finish(host, last, say) : 0;
  if (until < last.at) where(host).forEach(say);
  say(`retired instructions: ${host.xen.cpu.retired}`);
  if (o.hash) say(`state: ${stateHash(host.xen)}`);
  return code;
}

/** Lets the run come to its recorded end. */
function finish(
  host: Host, { end, hash }: HostLine, say: (line: string) => void,
): number {
  if (!end) {
    say('xl: the recording breaks off here');
    return 0;
  }
  settle(host, end);
  for (const { domid, crash } of host.endings) {
    if (crash) crashLines(domid, crash).forEach(say);
  }
  const found = stateHash(host.xen);
  if (hash !== found) {
    throw new Diverged(
      `the run ends in state ${found}, not in ${hash}`);
  }
  say(`xl: ended as recorded, with exit code ${end.code}`);
  return end.code;
}

/** Who is about to do what. */
function where({ xen }: Host): string[] {
  const v = xen.root.current;
  const who = v ? `domain ${v.domain.id}, vcpu ${v.id}` : 'nobody';
  return [`${who}, time ${xen.clock.time()}`, ...whereLines(xen.cpu)];
}
