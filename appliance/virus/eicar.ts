/**
 * The anti-malware test file of EICAR: harmless, and found by every scanner that works. A scanner that lets it pass has no signatures,
 * or says yes to everything. Kept in pieces, so that a scanner on somebody's desk leaves our source alone. Pure.
 */
const pieces = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD', '-ANTIVIRUS-TEST-FILE!$H+H*']

/** 68 octets of ASCII. */
export function eicar(): Uint8Array {
  return new TextEncoder().encode(pieces.join(''))
}

/**
 * Name and contents of the signature file that the box itself keeps beside others, in ClamAV's format of MD5 sums (`MD5:size:name`), so
 * that the test file is found whatever else is installed.
 */
export const selfTestFile = {
  name: 'sealbox-self-test.hdb',
  text: '44d88612fea8a8f36de82e1278abb02f:68:Sealbox.SelfTest.EICAR\n',
} as const
