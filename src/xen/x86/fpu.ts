import { imageOf, takeImage } from '../../x86/fpu/environment.ts';
import type { Vcpu, Xen } from '../common/xen.ts';
import { newFpu } from './domain.ts';

/** Copies the numeric registers of `v` to its context, if they are
 * in the processor. */
export function saveFpu({ root, cpu }: Xen, v: Vcpu): void {
  if (root.arch.fpuOwner !== v) return;
  v.arch.fpu = imageOf(cpu);
  v.arch.fpuValid = true;
}

/** Gives the numeric registers to `v`, and keeps those of whoever had
 * them. Xen does so at the first #NM; here it is done at once. */
export function takeFpu(xen: Xen, v: Vcpu): void {
  const { root, cpu } = xen;
  const { fpuOwner } = root.arch;
  if (fpuOwner === v) return;
  if (fpuOwner) saveFpu(xen, fpuOwner);
  cpu.evaluator.begin();
  // Never what another domain left in them.
  takeImage(cpu, v.arch.fpuValid ? v.arch.fpu : newFpu());
  cpu.commit();
  root.arch.fpuOwner = v;
}
