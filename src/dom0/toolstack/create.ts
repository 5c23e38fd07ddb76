import type { Kernel } from '../../xen/public/kernel.ts';
import { buildDomain, planFor } from '../builder/build.ts';
import { CallError } from '../builder/bench.ts';
import { ImageError } from '../builder/elf.ts';
import { benchOf } from '../kernel/layout.ts';
import { type Dom0 } from '../kernel/state.ts';
import type { Task } from '../kernel/tasks.ts';
import type { Link } from './guest.ts';
import {
  ANSWERS, decodeRequest, REQUESTS, type Answer, type CreateRequest,
} from './letters.ts';

export function answer(k: Kernel, a: Answer): void {
  const line = `${JSON.stringify(a)}\n`;
  k.hostWrite(ANSWERS, new TextEncoder().encode(line));
}

/** Reads from the host, and builds what a whole request asks for. */
export const requestTask: Task = (k, s) => {
  const bytes = k.hostRead(REQUESTS);
  if (!bytes && !s.mail.length) return false;
  if (bytes) {
    const mail = new Uint8Array(s.mail.length + bytes.length);
    mail.set(s.mail);
    mail.set(bytes, s.mail.length);
    s.mail = mail;
  }
  const found = decodeRequest(s.mail);
  if (!found) return bytes !== undefined && bytes.length > 0;
  s.mail = s.mail.slice(found.length);
  create(k, s, found.request);
  return true;
};

function create(k: Kernel, s: Dom0, r: CreateRequest): void {
  const link = (end: { mfn: number; port: number }): Link => ({
    mfn: end.mfn, remotePort: end.port, page: 0, handle: 0, port: 0,
  });
  try {
    if (planFor(r).params.width === 8) throw new ImageError(
      `${r.kernel.name}: a 64-bit kernel; these do not run yet`);
    const built = buildDomain(benchOf(k), r);
    s.guests.push({
      domid: built.domid, name: r.name, uuid: r.uuid,
      memoryMiB: r.memoryMiB, maxmemMiB: r.maxmemMiB,
      vcpus: r.vcpus, paused: r.paused, step: 'introduce', reason: 0,
      console: link(built.console), store: link(built.store),
    });
  } catch (error) {
    answer(k, { event: 'failed', name: r.name, reason: whyNot(error) });
  }
}

function whyNot(error: unknown): string {
  if (error instanceof ImageError) return error.message;
  if (!(error instanceof CallError)) throw error;
  const memory = error.errno === -12;
  return memory ? 'not enough free memory on this host' : error.message;
}
