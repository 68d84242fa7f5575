/** What a passphrase and a PIN must be, and what becomes of them. Pure. */

/** A PIN may be short: the TPM counts the guesses. */
export const minCharacters = { passphrase: 12, pin: 6 } as const

/** Whether it is too short; a Chinese character counts as one. */
export function weaknessOf(typed: string, kind: keyof typeof minCharacters): boolean {
  return Array.from(typed.normalize('NFC')).length < minCharacters[kind]
}

/** The octets that open a slot: the same however a keyboard composes its characters. */
export function passphraseOctets(typed: string): Uint8Array {
  return new TextEncoder().encode(typed.normalize('NFC'))
}
