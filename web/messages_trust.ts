/** The errors of trust services and record, as a person meets them: the part of `messages.ts` over the codes of `ca`. */
import type { CaErrorCode } from '../ca/index.ts'
import { message, ours, type Message } from './message.ts'

export const trustMessages = {
  // Trust services
  CA_CERTIFICATE_UNKNOWN: message(404, '没有这张证书。', 'There is no such certificate.'),
  CA_ALREADY_REVOKED: message(409, '证书已经吊销。', 'The certificate is revoked already.'),
  CA_REQUEST_MALFORMED: message(400, '证书申请格式不对。', 'The certificate request is malformed.'),
  CA_REQUEST_POSSESSION_UNPROVEN: message(
    422,
    '证书申请没有证明持有私钥。',
    'The request does not prove possession of its key.',
  ),
  CA_REQUEST_KEY_REFUSED: message(
    422,
    '公钥的种类或强度不符合要求，或曾经签发过证书。请换用新密钥。',
    'The public key is of a kind or strength not accepted, or was certified before. Use a new key.',
  ),
  CA_KEY_FILE_LOCKED: ours,
  CA_KEY_FILE_MALFORMED: ours,
  CA_PROFILE_VIOLATED: ours,
  DER_MALFORMED: message(400, '数据编码不对。', 'The data is not well encoded.'),
  // The record
  JOURNAL_BEHIND_VIEWS: ours,
  JOURNAL_CONFLICT: message(
    409,
    '有人先办理了，请刷新后再试。',
    'Someone acted first; reload and try again.',
  ),
  JOURNAL_DAMAGED: ours,
  JOURNAL_UNCONFIRMED: message(
    503,
    '本机是从备份恢复的，两名安全员还没有确认：现在只能看，不能办。',
    'This box was restored from a backup and two officers have not confirmed it yet: it can be read, and nothing can be done.',
  ),
  JOURNAL_READ_ONLY: message(
    503,
    '系统处于只读状态，正在恢复。已办事项不会丢失。',
    'The box is read-only while it recovers; what was answered is kept.',
  ),
  JOURNAL_STOPPED: message(
    503,
    '系统写入失败，已停止办理。已办事项不会丢失。',
    'A write failed and the box stopped; what was answered is kept.',
  ),
  JOURNAL_ENTRY_REFUSED: ours,
  VIEW_DAMAGED: message(
    503,
    '系统发现数据损坏，正在恢复，请稍后再试。',
    'Damage was found; the box recovers. Try again later.',
  ),
  BLOB_DAMAGED: message(
    503,
    '文件损坏，请管理员从备份恢复。',
    'A file is damaged; the administrator must fetch it from the backup.',
  ),
  BLOB_MISSING: message(
    503,
    '文件缺失，请管理员从备份恢复。',
    'A file is missing; the administrator must fetch it from the backup.',
  ),
  BLOB_TOO_LARGE: message(
    413,
    '文件过大，上限为 100 MB。',
    'The file is too large; 100 MB is the limit.',
  ),
  CA_ISSUER_OFFLINE: message(
    503,
    '该签发机构的密钥不在本机，须在密钥仪式中办理。',
    'The key of this authority is not on the box; it takes a ceremony.',
  ),
  CA_NOT_HELD: message(409, '证书没有暂停使用。', 'The certificate is not on hold.'),
  CA_INVALIDITY_DATE_REFUSED: message(
    422,
    '失效时间不能晚于现在，也不能早于证书生效之时。',
    'The invalidity date must not lie in the future, nor before the certificate begins.',
  ),
  CA_ISSUER_REVOKED: message(
    503,
    '签发机构的证书已被吊销，不再签发；须举行密钥仪式更换。',
    'The issuing authority was revoked and issues nothing more; it takes a ceremony to replace it.',
  ),
  CA_ISSUER_UNKNOWN: message(404, '本机没有此签发机构。', 'This box has no such authority.'),
  CA_KEY_FILE_EXISTS: ours,
  CA_KEY_FILE_MISSING: ours,
  CA_KEY_NOT_EXPORTABLE: ours,
  CA_KEY_RECORD_DAMAGED: message(
    503,
    '签发密钥的签名记录已损坏，停止签发。请联系系统管理员。',
    'The record of the issuing key is damaged; nothing is issued. Tell the system administrator.',
  ),
  CA_KEYS_RECIPIENT_CHANGED: message(
    409,
    '备份密钥已更换：须先在本机控制台确认新的备份密钥。',
    'The backup key was changed: the new one must first be confirmed at the console.',
  ),
  CA_KEYS_SILENT: message(
    503,
    '保管签发密钥的进程没有回应，请稍后再试。',
    'The process of the issuing key does not answer; try again later.',
  ),
  CA_TOKEN_UNAVAILABLE: ours,
  CA_TOKEN_UNKNOWN: ours,
  CA_TOKEN_LOCKED: ours,
  CA_TOKEN_FAILED: ours,
  CA_TOKEN_KEY_LOOSE: ours,
  CA_SHARE_MALFORMED: ours,
  CA_SHARE_ALTERED: ours,
  CA_SHARE_LOCKED: ours,
  CA_SHARE_REPEATED: ours,
  CA_SHARE_FOREIGN: ours,
  CA_SHARES_TOO_FEW: ours,
  CA_ROOT_KEY_FOREIGN: ours,
  CA_TIME_UNAVAILABLE: message(
    503,
    '时间未经确认，暂不能加盖时间戳。',
    'The time is not confirmed; nothing is stamped for now.',
  ),
  BLOB_STOPPED: message(
    503,
    '文件写入失败，系统已停止办理。已办事项不会丢失。',
    'Writing a file failed and the box stopped; what was answered is kept.',
  ),
  CHECKPOINT_MALFORMED: message(400, '日志检查点格式不对。', 'The checkpoint is malformed.'),
} as const satisfies Record<CaErrorCode, Message>
