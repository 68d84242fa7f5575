/**
 * PCR 11 as systemd-stub leaves it: for each section of the kernel image its name, then its bytes. Of systemd 252 (systemd-stub(7),
 * systemd-measure(1)), the version in Debian 12; a test holds it against `systemd-measure`. Pure.
 */
import { createHash } from 'node:crypto'

/** The measured sections in the order of the stub; `.pcrsig` is not measured, since it speaks about the measurement. */
export const measuredSections = [
  '.linux',
  '.osrel',
  '.cmdline',
  '.initrd',
  '.splash',
  '.dtb',
  '.pcrpkey',
] as const
export type MeasuredSection = (typeof measuredSections)[number]

/** The sections of a kernel image as they lie in it, without padding. */
export type KernelSections = Readonly<Partial<Record<MeasuredSection, Uint8Array>>>

/** The PCR's value (SHA-256 bank, 32 octets) after the stub has measured these sections into it. */
export function pcr11Of(sections: KernelSections): Uint8Array {
  let pcr = new Uint8Array(32)
  for (const name of measuredSections) {
    const bytes = sections[name]
    if (bytes === undefined || bytes.length === 0) continue
    // The name with its closing NUL, as it stands in the stub's memory.
    for (const part of [new TextEncoder().encode(`${name}\0`), bytes]) {
      pcr = extended(pcr, part)
    }
  }
  return pcr
}

/** TPM2_PCR_Extend: the old value and the digest of what is measured. */
function extended(pcr: Uint8Array, measured: Uint8Array): Uint8Array<ArrayBuffer> {
  const digest = createHash('sha256').update(measured).digest()
  return new Uint8Array(createHash('sha256').update(pcr).update(digest).digest())
}
