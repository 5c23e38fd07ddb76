/** Programs by name. */
export const library = new Map<string, Uint8Array>();

/** Bytes of a listing: hex up to `;`, or a "text". */
export function bytes(listing: string): Uint8Array {
  return Uint8Array.from(listing.split('\n').flatMap(oneLine));
}

function oneLine(line: string): number[] {
  const text = /^\s*"(.*)"/.exec(line)?.[1];
  if (text !== undefined) {
    return [...new TextEncoder().encode(text), 0];
  }
  const hex = line.replace(/;.*/, '').match(/[0-9a-f]{2}/g);
  return (hex ?? []).map((digits) => parseInt(digits, 16));
}

/** Says 0123456789. */
library.set('counting', bytes(`
  b8 30 00 00 00 ;  0 mov eax, '0'
  e6 e9          ;  5 out 0xe9, al
  40             ;  7 inc eax
  3c 3a          ;  8 cmp al, '9' + 1
  75 f9          ;  a jnz 5
  f4             ;  c hlt
`));

/** Says what stands after it. */
library.set('greeting', bytes(`
  be 0f 00 00 00 ;  0 mov esi, 0x0f
  ac             ;  5 lodsb
  3c 00          ;  6 cmp al, 0
  75 01          ;  8 jnz b
  f4             ;  a hlt
  e6 e9          ;  b out 0xe9, al
  eb f6          ;  d jmp 5
  "I have a computer, and it is all mine."
`));

/** Writes eight times a letter to 0x80, then reads it back. */
const eight = (letter: string): Uint8Array => bytes(`
  b8 ${letter} 00 00 00 ;  0 mov eax, letter
  bf 80 00 00 00 ;  5 mov edi, 0x80
  b9 08 00 00 00 ;  a mov ecx, 8
  aa             ;  f stosb
  49             ; 10 dec ecx
  75 fc          ; 11 jnz f
  be 80 00 00 00 ; 13 mov esi, 0x80
  ac             ; 18 lodsb
  3c 00          ; 19 cmp al, 0
  75 01          ; 1b jnz 1e
  f4             ; 1d hlt
  e6 e9          ; 1e out 0xe9, al
  eb f6          ; 20 jmp 18
`);
library.set('alice', eight('61')).set('bob', eight('62'));

/** Reaches for the byte after its own last. */
library.set('mallory', bytes(`
  b8 21 00 00 00 ;  0 mov eax, '!'
  bf 00 10 00 00 ;  5 mov edi, 0x1000
  aa             ;  a stosb
  f4             ;  b hlt
`));

/** Looks which ring it is in, and says what it thinks of it. */
library.set('eve', bytes(`
  8c c8          ;  0 mov eax, cs
  3c 08          ;  2 cmp al, 8
  75 07          ;  4 jnz d
  be 1c 00 00 00 ;  6 mov esi, 0x1c
  eb 05          ;  b jmp 12
  be 32 00 00 00 ;  d mov esi, 0x32
  ac             ; 12 lodsb
  3c 00          ; 13 cmp al, 0
  75 01          ; 15 jnz 18
  f4             ; 17 hlt
  e6 e9          ; 18 out 0xe9, al
  eb f6          ; 1a jmp 12
  "This machine is mine."
  "Somebody is watching."
`));
