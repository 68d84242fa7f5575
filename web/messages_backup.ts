/** Why a backup is not made, as an administrator meets it in the page: the closed set of its codes is this table's. */
import { message, type Message } from './message.ts'

export const backupMessages = {
  BACKUP_KEY_MISSING: message(
    409,
    '还没有备份密钥。试用机由安全员生成（信任服务，备份密钥）；正式机由保管人在仪式上生成（sealbox ceremony backup-key）。',
    'There is no key for backups yet. Of a trial box an officer makes it (Trust services, Key of the backups), of a production box the custodians in a ceremony (sealbox ceremony backup-key).',
  ),
  BACKUP_KEY_KNOWN: message(
    409,
    '已经有备份密钥了，也已经用过。它的文件只给过一次，不能再取。',
    'There is a key for backups already, and it was used. Its file was handed out once and cannot be fetched again.',
  ),
  BACKUP_BUSY: message(
    409,
    '正在备份或演练，请等它做完。',
    'A backup or a drill goes on; wait for it.',
  ),
  BACKUP_DISK_FULL: message(
    507,
    '磁盘空间不够，备份没有留下。请移走旧备份，或换一个地方存放。',
    'There is no room; nothing was kept of the backup. Move old ones away, or choose another place.',
  ),
  BACKUP_TARGET: message(
    409,
    '存放备份的地方写不进去。请检查磁盘和权限。',
    'The place for backups cannot be written. Check the disk and its permissions.',
  ),
  BACKUP_UNKNOWN: message(
    404,
    '没有这份备份，或者它已不在本机上。',
    'There is no such backup, or its file is not on this box any more.',
  ),
  BACKUP_FAILED: message(
    500,
    '备份没有做成。请看日志文件。',
    'The backup was not made. See the log file.',
  ),
} as const satisfies Readonly<Record<string, Message>>

export type BackupErrorCode = keyof typeof backupMessages
