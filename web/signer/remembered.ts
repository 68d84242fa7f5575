/**
 * What this browser remembers between visits, by box: the unit secret once it was made or typed (design 3: it stays in the unit's
 * browser and on its sheet; for a page from disk `App.secrets` is the page's own), and minutes until keys lock.
 */
import { readUnitSecret, writeUnitSecret } from '../../provisioning/kit/index.ts'
import { lockMinutes } from './keyring.ts'
import type { Store } from './store.ts'

const secretKey = (box: string, owner: string): string => `sealbox/${box}/secret/${owner}`
const minutesKey = 'sealbox/lock-minutes'

/** The unit secret, 16 bytes, if this browser knows it. */
export function rememberedSecret(store: Store, box: string, owner: string): Uint8Array | undefined {
  const text = store.read(secretKey(box, owner))
  if (typeof text !== 'string') return undefined
  try {
    return readUnitSecret(text)
  } catch {
    return undefined
  }
}

export function rememberSecret(
  store: Store,
  of: { readonly box: string; readonly owner: string; readonly secret: Uint8Array },
): void {
  store.write(secretKey(of.box, of.owner), writeUnitSecret(of.secret))
}

export function forgetSecret(store: Store, box: string, owner: string): void {
  store.remove(secretKey(box, owner))
}

export function rememberedMinutes(store: Store): number {
  const minutes = store.read(minutesKey)
  return typeof minutes === 'number' ? minutes : lockMinutes.usual
}

export function rememberMinutes(store: Store, minutes: number): void {
  store.write(minutesKey, minutes)
}
