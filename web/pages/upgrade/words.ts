/** What the states of an upgrade are called, and why one failed. Pure. */
import { messages } from '../../messages.ts'
import type { LastUpgrade } from '../../upgrade.ts'
import type { View } from '../../view.ts'

type Words = readonly [zh: string, en: string]

const ends: Readonly<Record<LastUpgrade['state'], Words>> = {
  ordered: ['正在安装', 'being installed'],
  committed: ['已保留', 'kept'],
  'fell-back': ['已自行退回', 'fell back'],
  failed: ['没有装上', 'not installed'],
}

export function upgradeEndWords({ w }: Pick<View, 'w'>, state: string): string {
  const found = Object.hasOwn(ends, state) ? ends[state as LastUpgrade['state']] : undefined
  return found === undefined ? state : w(...found)
}

const reasons: Readonly<Record<string, Words>> = {
  CUT: [
    '写入时断电，原版本照常运行。请重新下令。',
    'The power went while it was written; the version before runs on. Order it again.',
  ],
  DISK: [
    '磁盘写入失败，原版本照常运行。请检查磁盘。',
    'The disk failed; the version before runs on. Check the disk.',
  ],
}

/** Why it failed, as a sentence; empty where nothing is known. */
export function upgradeReason(view: Pick<View, 'w' | 'language'>, code: string | null): string {
  if (code === null) return ''
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined
  if (reason !== undefined) return view.w(...reason)
  const known = Object.entries(messages).find(([name]) => name === code)?.[1]
  return known === undefined ? code : known[view.language]
}
