/** Why a restore is refused, for a person at the console, in both languages. Pure. */
import { CaError, type CaErrorCode } from '../../../ca/index.ts'
import { ApplianceError, type ApplianceErrorCode } from '../../errors.ts'

interface Words {
  readonly zh: string
  readonly en: string
}
const words = (zh: string, en: string): Words => ({ zh, en })

const refusals: Readonly<Partial<Record<ApplianceErrorCode | CaErrorCode, Words>>> = {
  BACKUP_LOCKED: words(
    '这些份额或密钥打不开这份备份：它加密给别的密钥',
    'these shares, or this key, do not open the backup: it is encrypted to another key',
  ),
  BACKUP_KEY_MALFORMED: words('这不是备份密钥文件', 'this is no key file of backups'),
  BACKUP_MALFORMED: words(
    '这不是备份文件，或者格式不对',
    'this is no backup, or not a well-formed one',
  ),
  BACKUP_CUT: words(
    '备份文件不完整，后面缺了一段；请另找一份拷贝',
    'the backup is cut: its end is missing; look for another copy',
  ),
  BACKUP_ALTERED: words(
    '备份文件被改动或已损坏；请另找一份拷贝',
    'the backup was altered, or is damaged; look for another copy',
  ),
  BACKUP_FORGED: words(
    '备份不是本区的机器签名的，不能采用',
    'the backup is not what a box signed; it cannot be used',
  ),
  BACKUP_FOREIGN: words(
    '这些备份不是同一台机器的，或者不在所报的根证书之下',
    'these backups are of several boxes, or below another root than the one that was named',
  ),
  BACKUP_CHAIN_BROKEN: words(
    '备份不成一套：缺全量、中间缺一份，或者有两套混在一起',
    'these backups are no whole chain: the full one or one in between is missing, or two chains are mixed',
  ),
  BACKUP_INCOMPLETE: words(
    '备份里缺少日志所记的文件',
    'files that the journal names are not in the backup',
  ),
  BACKUP_STALE: words(
    '备份过时：各单位留存的凭据见过更晚的日志',
    'the backup is stale: what units kept has seen a later journal',
  ),
  BACKUP_FORKED: words(
    '各单位留存的凭据见过另一本日志，与备份对不上；请查明原因，不要采用',
    'what units kept has seen another journal than the one in this backup; find out why, and do not use it',
  ),
  BACKUP_HEADS_UNUSABLE: words(
    '各单位留存的凭据证明不了本机的树头（签名 .p7s 一并带来了吗？），或者太多',
    'what units kept proves no head of this box (are the signatures, .p7s, beside?), or is too much',
  ),
  BACKUP_DISK_FULL: words(
    '磁盘空间不够，什么也没有留下',
    'there is no room for it on the disk; nothing was kept',
  ),
  DATA_FOLDER_FOREIGN: words('存放数据的文件夹不是空的', 'the folder of data is not empty'),
  FILE_MISSING: words('没有这个文件', 'there is no such file'),
  CA_SHARE_MALFORMED: words('这不是备份密钥的份额', 'this is no share of a key of backups'),
  CA_SHARE_ALTERED: words(
    '份额文件已损坏，或者抄写有误',
    'the share was damaged, or typed with a mistake',
  ),
  CA_SHARE_LOCKED: words('口令打不开这份份额', 'the passphrase does not open this share'),
  CA_SHARE_REPEATED: words('同一份额给了两次', 'a share was given twice'),
  CA_SHARE_FOREIGN: words(
    '这些份额不是同一次仪式的',
    'these shares are of several ceremonies, or of another key',
  ),
}

/** A refusal with its words and its code, which somebody can be told over the telephone; other errors as they are. */
export function restoreWords(error: unknown): unknown {
  if (!(error instanceof ApplianceError) && !(error instanceof CaError)) return error
  const { code } = error
  const found = refusals[code]
  if (found === undefined) return error
  const files = filesIn(error.details)
  return Object.assign(error, {
    words: {
      zh: [`${found.zh}（${code}）`, ...files].join('；'),
      en: [`${found.en} (${code})`, ...files].join('; '),
    },
  })
}

/** Which of what units brought it is about: on a machine without a shell nobody could find out. */
function filesIn({ files }: Readonly<Record<string, unknown>>): string[] {
  return Array.isArray(files) ? files.map((name) => String(name).slice(0, maxNameLetters)) : []
}

const maxNameLetters = 300
