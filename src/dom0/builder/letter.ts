import { virtualOf, type Plan } from './plan.ts';
import { SIF, StartInfo } from '../../xen/public/xen.ts';
import {
  CpuUserRegs32, FLAT_RING1_CS, FLAT_RING1_DS, pfnToCr3, VGCF,
  VcpuGuestContext32,
} from '../../xen/public/arch-x86.ts';

/** What only the hypervisor and the tools know. */
export interface News {
  /** Machine frames of the guest's frames. */
  mfns: number[];
  sharedInfo: number;
  /** Ports of the xenstore and console channels. */
  ports: { store: number; console: number };
  cmdline: string;
  moduleBytes: number;
}

const latin = (text: string): Uint8Array =>
  Uint8Array.from(text, (c) => c.charCodeAt(0));

/** The start info page. Xen: xg_dom_x86.c, start_info_x86_32. */
export function startInfo(plan: Plan, news: News): Uint8Array {
  const { params, p2m, tableRun } = plan;
  const wide = params.width === 8;
  const at = (pfn: number) => virtualOf(plan, pfn);
  const mfn = (pfn: number) => BigInt(news.mfns[pfn] ?? 0);
  const { store, console } = news.ports;
  return StartInfo.encode({
    magic: latin(wide ? 'xen-3.0-x86_64' : 'xen-3.0-x86_32p'),
    nr_pages: BigInt(plan.total),
    shared_info: BigInt(news.sharedInfo) << 12n,
    store_mfn: mfn(plan.store), store_evtchn: store,
    console: { mfn: mfn(plan.console), evtchn: console },
    pt_base: at(tableRun.pfn), nr_pt_frames: BigInt(tableRun.frames),
    mfn_list: params.initP2m ?? at(p2m.pfn),
    first_p2m_pfn: BigInt(p2m.pfn), nr_p2m_frames: BigInt(p2m.frames),
    cmd_line: latin(news.cmdline).subarray(0, 1023),
    ...moduleWords(plan, news.moduleBytes),
  }, params.width);
}

/** A mapped module is told by address, an unmapped one by frame. */
function moduleWords(plan: Plan, size: number) {
  if (!plan.module) return { flags: 0 };
  const { pfn } = plan.module;
  const mod_len = BigInt(size);
  return plan.params.unmappedModule
    ? { mod_start: BigInt(pfn), mod_len, flags: SIF.MOD_START_PFN }
    : { mod_start: virtualOf(plan, pfn), mod_len, flags: 0 };
}

/** Registers at the first instruction: IA-32. */
export function firstContext32(plan: Plan, mfns: number[]): Uint8Array {
  const at = (pfn: number) => Number(virtualOf(plan, pfn));
  const esp = at(plan.stack) + 4096;
  const [cs, ds] = [FLAT_RING1_CS, FLAT_RING1_DS];
  const cr3 = pfnToCr3(mfns[plan.tableRun.pfn] ?? 0);
  return VcpuGuestContext32.encode({
    flags: BigInt(VGCF.in_kernel | VGCF.online),
    user_regs: CpuUserRegs32.decode(CpuUserRegs32.encode({
      eip: Number(plan.params.entry), esp, cs, ss: ds, ds, es: ds,
      fs: ds, gs: ds, esi: at(plan.startInfo), eflags: 0x200,
    }, 4), 4),
    kernel_ss: BigInt(ds), kernel_sp: BigInt(esp),
    ctrlreg: [0n, 0n, 0n, BigInt(cr3)],
    vm_assist: plan.params.extendedCr3 ? 8n : 0n,
  }, 4);
}
