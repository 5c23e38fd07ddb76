/** The architecture that this hypervisor is built for. */
export type { Cpu } from '../x86/cpu.ts';
export type {
  ArchDomain, ArchRoot, ArchVcpu,
} from './x86/domain.ts';
export { newArchDomain, newArchVcpu } from './x86/domain.ts';
export { scrubFrame, setGpfnFromMfn } from './x86/m2p.ts';
export { guestToMachine } from './x86/guest-pointer.ts';
export {
  archFrames, initArchDomain, relinquishArch,
} from './x86/perdomain.ts';
export {
  guestFrame, machphysFrames, machphysMapping,
} from './x86/frames.ts';
export {
  getGuestContext, readContext, setGuestContext,
} from './x86/context.ts';
export { writeHypercallPage } from './x86/hypercall-page.ts';
export { describeCrash } from './x86/crash.ts';
export {
  getPageAndType, getPageFromL1e, getPageType, putPageAndType,
  putPageFromL1e, putPageType,
} from './x86/mm.ts';
export { PGT } from './x86/page-type.ts';
export { l1eAddress } from './x86/va-mapping.ts';
export { createHostMapping, replaceHostMapping } from
  './x86/grant.ts';
