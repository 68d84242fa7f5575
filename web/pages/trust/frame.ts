/** The pages of the trust services, and the row of chips between them. Pure. */
import type { Html } from '../../html.ts'
import type { View } from '../../view.ts'
import { chipRow } from '../elements.ts'

const pages = [
  ['/trust', '概况', 'Overview'],
  ['/trust/status', '吊销列表与状态查询', 'Lists and status answers'],
  ['/trust/time', '时间与时间戳', 'Time and time-stamping'],
  ['/trust/keys', '本机密钥', 'Keys of the box'],
  ['/ceremonies', '密钥仪式', 'Ceremonies'],
  ['/trust/backup-key', '备份密钥', 'Key of the backups'],
  ['/trust/upgrade', '系统版本', 'Version'],
] as const

export function trustChips(view: View): Html {
  const { w } = view
  return chipRow(
    w('信任服务', 'Trust services'),
    pages.map(([href, zh, en]) => ({ words: w(zh, en), href, isCurrent: view.path === href })),
  )
}
