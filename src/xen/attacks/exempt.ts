/** A line without an attack of its own: why, and how it is tried. */
export interface Exemption {
  readonly line: string;
  readonly why: string;
  readonly attack: string;
  /** The attack is refused without the line, but not if these are
   * gone as well. Absent: without the line nothing is reached, by
   * this attack or by any other of its chapter. */
  readonly behind?: readonly string[];
}

export const exemptions: readonly Exemption[] = [
  {
    line: 'x86/mm.ts#getPageType#2',
    attack: 'a cycle of linear tables',
    why: 'no check is ever interrupted on one processor, and getL2e '
      + 'knows a table that leads to itself',
  },
  {
    line: 'x86/mm.ts#isL2#1',
    attack: "the victim's L2 as a linear table",
    why: 'a frame that is in no use is refused for its owner, here '
      + 'and in getLinear',
  },
  {
    line: 'x86/pt-update.ts#modL3#3',
    attack: 'take the last L3 entry away',
    why: 'an absent last entry was refused before',
    behind: [
      'x86/pt-update.ts#modL3#4',
    ],
  },
  {
    line: 'x86/pt-update.ts#updateEntry#1',
    attack: 'a cycle of linear tables',
    why: 'no check is ever interrupted on one processor',
  },
  {
    line: 'x86/mmuext.ts#unpin#2',
    attack: 'unpin what is not pinned',
    why: 'the answer is wrong, and nothing else',
  },
  {
    line: 'x86/mmuext.ts#flushMulti#1',
    attack: 'a bitmap of processors that is not there',
    why: 'there is one TLB, and the bitmap is not used',
  },
  {
    line: 'x86/mmuext.ts#one#3',
    attack: "load CR3 in another's name",
    why: 'only domain 0 can name another, and it has no tables',
    behind: [
      'x86/mmuext.ts#one#4',
    ],
  },
  {
    line: 'x86/va-mapping.ts#l1eAddress#2',
    attack: 'an address in the hole',
    why: "the hole's tables are not the guest's",
    behind: [
      'x86/va-mapping.ts#updateVa#2',
      'x86/va-mapping.ts#updateVa#3',
      'x86/va-mapping.ts#updateVa#4',
    ],
  },
  {
    line: 'x86/va-mapping.ts#l1eAddress#3',
    attack: 'an address without an L1 table',
    why: 'the table is asked for its type',
    behind: [
      'x86/va-mapping.ts#updateVa#4',
    ],
  },
  {
    line: 'x86/va-mapping.ts#updateVa#1',
    attack: 'an address in the hole',
    why: "frame -1 is nobody's",
    behind: [
      'x86/va-mapping.ts#updateVa#2',
      'x86/va-mapping.ts#updateVa#3',
      'x86/va-mapping.ts#updateVa#4',
    ],
  },
  {
    line: 'x86/va-mapping.ts#updateVa#3',
    attack: 'an address behind a linear table',
    why: 'a table in the address space in force is in use',
  },
  {
    line: 'x86/va-mapping.ts#flush#1',
    attack: 'a flush of a kind that does not exist',
    why: 'any flush is a flush of all',
  },
  {
    line: 'x86/va-mapping.ts#flush#2',
    attack: 'a flush with a bitmap that is not there',
    why: 'there is one TLB, and the bitmap is not used',
  },
  {
    line: 'common/event.ts#freePort#1',
    attack: 'a port in a dead domain',
    why: 'a dead domain is not found',
    behind: [
      'common/domain.ts#domainById#2',
    ],
  },
  {
    line: 'common/event.ts#closePort#2',
    attack: 'close a free port',
    why: 'what is free becomes free',
  },
  {
    line: 'common/event.ts#sendEvent#1',
    attack: 'send on a port that is free',
    why: 'the answer is wrong, and nothing else',
  },
  {
    line: 'common/event.ts#bindVcpu#5',
    attack: 'move a port that does not exist',
    why: 'no port is not movable either',
    behind: [
      'common/event.ts#bindVcpu#2',
    ],
  },
  {
    line: 'common/event.ts#eventChannelOp#2',
    attack: 'an event operation that does not exist',
    why: 'every call has six arguments',
  },
  {
    line: 'common/grant.ts#ownedFrame#1',
    attack: 'grant on what was granted',
    why: 'the frame is asked for its owner, twice',
    behind: [
      'common/grant.ts#ownedFrame#2',
      'common/grant.ts#pin#1',
    ],
  },
  {
    line: 'common/grant.ts#ownedFrame#2',
    attack: "grant another's page",
    why: "a reference is taken in the owner's name",
    behind: [
      'common/grant.ts#pin#1',
    ],
  },
  {
    line: 'common/grant.ts#pin#1',
    attack: "grant another's page",
    why: 'the frame was asked for its owner',
    behind: [
      'common/grant.ts#ownedFrame#2',
    ],
  },
  {
    line: 'common/grant.ts#mapOne#3',
    attack: 'a grant of a domain that does not exist',
    why: 'mapGrant looks for it again',
    behind: [
      'common/grant.ts#grantDomain#1',
    ],
  },
  {
    line: 'common/grant.ts#unmapGrant#1',
    attack: 'unmap a handle that does not exist',
    why: 'no mapping has no use either',
    behind: [
      'common/grant.ts#unmapGrant#2',
    ],
  },
  {
    line: 'common/grant.ts#unmapGrant#2',
    attack: 'unmap a handle that does not exist',
    why: 'a mapping without a use does not exist',
    behind: [
      'common/grant.ts#unmapGrant#1',
    ],
  },
  {
    line: 'common/grant.ts#unmapGrant#3',
    attack: 'unmap a wrong device address',
    why: 'what was mapped is known without it',
  },
  {
    line: 'common/grant.ts#copyGrant#2',
    attack: 'copy from a domain that does not exist',
    why: 'claim looks for it again',
    behind: [
      'common/grant.ts#grantDomain#1',
    ],
  },
  {
    line: 'common/grant.ts#getVersion#1',
    attack: "the version of the victim's table",
    why: 'every table has version 1',
  },
  {
    line: 'common/grant.ts#getStatusFrames#1',
    attack: "the victim's status frames",
    why: 'there are none to tell of',
  },
  {
    line: 'common/grant.ts#getStatusFrames#2',
    attack: 'status frames that version 1 has not',
    why: 'none are told',
  },
  {
    line: 'common/grant.ts#cacheFlush#1',
    attack: 'flush the cache from outside a page',
    why: 'nothing is flushed in any case',
  },
  {
    line: 'common/grant.ts#cacheFlush#2',
    attack: 'flush the cache past a page',
    why: 'nothing is flushed in any case',
  },
  {
    line: 'common/grant.ts#cacheFlush#3',
    attack: 'flush the cache in an unknown way',
    why: 'nothing is flushed in any case',
  },
  {
    line: 'common/grant.ts#cacheFlush#4',
    attack: 'flush the cache of a grant',
    why: 'nothing is flushed in any case',
  },
  {
    line: 'common/grant.ts#cacheFlush#5',
    attack: 'flush the cache of no memory',
    why: 'such a frame has no owner',
    behind: [
      'common/grant.ts#cacheFlush#6',
    ],
  },
  {
    line: 'common/grant.ts#cacheFlush#7',
    attack: "flush the cache of the victim's frame",
    why: 'nothing is flushed in any case',
  },
  {
    line: 'common/grant.ts#stealFrame#1',
    attack: 'give away a frame that domain 0 has not',
    why: 'frame -1 has no owner, flags or references',
    behind: [
      'common/grant.ts#stealFrame#3',
      'common/grant.ts#stealFrame#4',
      'common/grant.ts#stealFrame#5',
    ],
  },
  {
    line: 'common/grant.ts#stealFrame#2',
    attack: 'give away a frame that is not there',
    why: 'it has no owner, flags or references',
    behind: [
      'common/grant.ts#stealFrame#3',
      'common/grant.ts#stealFrame#4',
      'common/grant.ts#stealFrame#5',
    ],
  },
  {
    line: 'common/grant.ts#acceptFrame#1',
    attack: 'give a frame to a dead domain',
    why: 'a dead domain is not found',
    behind: [
      'common/grant.ts#grantDomain#2',
    ],
  },
  {
    line: 'common/grant.ts#single#1',
    attack: 'two grant tables in one call',
    why: 'one record is read in any case',
  },
  {
    line: 'common/grant.ts#flushList#1',
    attack: 'flush the cache past a page',
    why: 'the answer is wrong, and nothing else',
  },
  {
    line: 'common/grant.ts#grantTableOp#1',
    attack: 'a negative number of grants',
    why: 'no record is read',
  },
  {
    line: 'common/grant.ts#grantTableOp#2',
    attack: 'a grant operation with a number too many',
    why: 'it is an operation that one may call',
  },
  {
    line: 'x86/grant.ts#addP2m#1',
    attack: 'a mapping with a flag that a translated domain has not',
    why: 'the flag has no effect here',
  },
  {
    line: 'x86/grant.ts#addP2m#2',
    attack: 'map a grant at no address',
    why: 'no processor will ever ask for it',
  },
  {
    line: 'x86/grant.ts#entryAddress#2',
    attack: 'map a grant where no page table is',
    why: "frame NaN is nobody's, and no table",
    behind: [
      'x86/grant.ts#entryAddress#3',
      'x86/grant.ts#entryAddress#4',
      'x86/grant.ts#createHostMapping#1',
    ],
  },
  {
    line: 'x86/grant.ts#isL1Table#2',
    attack: 'an entry of a table that is one no more',
    why: 'without a use it is not validated either',
    behind: [
      'x86/grant.ts#isL1Table#3',
    ],
  },
  {
    line: 'x86/grant.ts#isL1Table#3',
    attack: 'an entry of a table that is one no more',
    why: 'it is in no use either',
    behind: [
      'x86/grant.ts#isL1Table#2',
    ],
  },
  {
    line: 'x86/grant.ts#guestL1Entry#1',
    attack: 'map a grant in the hole',
    why: "the hole's tables are not the guest's",
    behind: [
      'x86/grant.ts#entryAddress#3',
      'x86/grant.ts#entryAddress#4',
    ],
  },
  {
    line: 'x86/grant.ts#guestL1Entry#2',
    attack: 'map a grant where no page table is',
    why: 'the table is asked for its type',
    behind: [
      'x86/grant.ts#entryAddress#4',
    ],
  },
  {
    line: 'x86/grant.ts#replaceHostMapping#1',
    attack: 'replace an entry by an address',
    why: "both entries are the guest's own",
  },
  {
    line: 'x86/grant.ts#replaceHostMapping#2',
    attack: 'replace an entry by an address',
    why: "both entries are the guest's own",
  },
  {
    line: 'x86/grant.ts#replaceHostMapping#3',
    attack: 'replace a mapping in a translated domain',
    why: 'it is unmapped, and nothing put there',
  },
  {
    line: 'x86/grant.ts#replaceHostMapping#4',
    attack: 'unmap where no page table is',
    why: 'what is at no address is not the mapping either',
    behind: [
      'x86/grant.ts#replaceHostMapping#6',
    ],
  },
  {
    line: 'x86/grant.ts#replaceHostMapping#5',
    attack: 'replace a mapping by one that is not there',
    why: 'it is unmapped, and nothing put there',
  },
  {
    line: 'common/frames.ts#getPage#2',
    attack: 'memory for a dead domain',
    why: "a frame without references is nobody's",
  },
  {
    line: 'common/frames.ts#allocDomainFrames#2',
    attack: 'memory for a dead domain',
    why: 'a dead domain is not found',
    behind: [
      'common/domain.ts#domainById#2',
    ],
  },
  {
    line: 'common/multicall.ts#multicall#2',
    attack: 'a list of calls at address 0',
    why: "page 0 is the guest's own, if it has one",
  },
];
