/**
 * The anti-malware test file of EICAR: harmless, and found by every scanner that works. A scanner that lets it pass has no signatures,
 * or says yes to everything. Kept in pieces, so that a scanner on somebody's desk leaves our source alone. Pure.
 */
const pieces = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD', '-ANTIVIRUS-TEST-FILE!$H+H*']

/** 68 octets of ASCII. */
export function eicar(): Uint8Array {
  return new TextEncoder().encode(pieces.join(''))
}
