import type { CrashReport, Xen } from '../../xen/common/xen.ts';
import { hypercallName } from '../../xen/public/xen.ts';

const hex = (n: number | bigint, digits: number): string =>
  BigInt.asUintN(64, BigInt(n)).toString(16).padStart(digits, '0');

function registerLines(registers: CrashReport['registers']): string[] {
  const all = Object.entries(registers)
    .map(([name, value]) => `${name.padStart(6)} ${hex(value, 8)}`);
  return Array.from({ length: Math.ceil(all.length / 4) },
    (_, i) => all.slice(4 * i, 4 * i + 4).join(' '));
}

/** One hypercall, as a line: name(arguments) = result. */
export function callLine(
  call: CrashReport['hypercalls'][number],
): string {
  const args = call.args.map(a => `0x${hex(a, 1)}`).join(', ');
  const result = BigInt.asIntN(64, BigInt(call.result));
  return `${hypercallName(call.nr)}(${args}) = ${result}`;
}

export function crashLines(domid: number, c: CrashReport): string[] {
  const section = (title: string, lines: readonly string[]) =>
    (lines.length ? [title, ...lines.map(line => `  ${line}`)] : []);
  return [
    `domain ${domid} crashed: ${c.reason}`,
    `vcpu ${c.vcpu}, time ${c.time}`,
    ...section('registers', registerLines(c.registers)),
    ...section('code', c.disassembly),
    ...section('page walk', c.pageWalk),
    ...section('stack', [c.stack.map(w => hex(w, 8)).join(' ')]),
    ...section('last hypercalls', c.hypercalls.map(callLine)),
  ];
}

export function statLines(xen: Xen, retired: number): string[] {
  const table = (title: string, counts: Record<string, number>) => {
    const rows = Object.entries(counts)
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([name, n]) => `  ${name} ${n}`);
    return rows.length ? [title, ...rows] : [`${title} none`];
  };
  const { hypercalls, traps } = xen.root.counts;
  return [
    `retired instructions: ${retired}`,
    ...table('hypercalls:', hypercalls), ...table('traps:', traps),
  ];
}

/** The table of `xl list`. */
export function listLines(
  xen: Xen, names: ReadonlyMap<number, string>,
): string[] {
  const head = 'Name                                        '
    + 'ID   Mem VCPUs  State';
  const rows = [...xen.root.domains.values()].map(d => {
    const paused = d.controllerPauses > 0 ? 'p' : '-';
    const state = `--${paused}${d.shutdown >= 0 ? 's' : '-'}--`;
    return [
      (names.get(d.id) ?? `Domain-${d.id}`).padEnd(42),
      String(d.id).padStart(4), String(d.totPages >> 8).padStart(5),
      String(d.vcpus.length).padStart(5), `  ${state}`,
    ].join(' ');
  });
  return [head, ...rows];
}

/** The lines of `xl info`. */
export function infoLines(xen: Xen): string[] {
  const { count, owner } = xen.root.frames;
  const free = owner.filter(o => o === 0xffff).length;
  return [
    ['nr_cpus', 1], ['total_memory', count >> 8],
    ['free_memory', free >> 8], ['xen_major', 4], ['xen_minor', 17],
    ['xen_caps', 'xen-3.0-x86_32p'], ['virt_caps', 'pv'],
  ].map(([key, value]) => `${String(key).padEnd(23)}: ${value}`);
}
