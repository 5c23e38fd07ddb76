import { addGuest, openLab } from '../guests/lab.ts';
import { XEN_HEAP } from './common/frames.ts';
import { PGT } from './x86/page-type.ts';

const lab = openLab();
const guest = addGuest(lab, 'ud2');
const { frames } = lab.xen.root;
const owned = [...frames.owner.keys()].filter(
  (mfn) => frames.owner[mfn] === guest.domid
    && !(frames.flags[mfn]! & XEN_HEAP));

for (const [name, type] of Object.entries(PGT)) {
  const these = owned.filter((mfn) => (type === PGT.none
    ? frames.typeCount[mfn] === 0
    : frames.type[mfn] === type && frames.typeCount[mfn]! > 0));
  if (these.length > 0) console.log(`${name}: ${these.length}`);
}
