/**
 * Every error a person can meet, in both languages, with its HTTP status: one table, typed over all codes of all rooms, so that
 * a code without words does not compile.
 */
import type { CaErrorCode } from '../ca/index.ts'
import type { ExchangeErrorCode } from '../exchange/index.ts'
import type { ProvisioningErrorCode } from '../provisioning/index.ts'
import type { WebErrorCode } from './errors.ts'
import { message, ours, type Message } from './message.ts'
import { backupMessages } from './messages_backup.ts'
import { machineMessages } from './messages_machine.ts'
import { orderMessages } from './messages_orders.ts'
import { trustMessages } from './messages_trust.ts'
import { uploadMessages } from './messages_uploads.ts'
import { upgradeMessages } from './messages_upgrade.ts'

export type ErrorCode = CaErrorCode | ExchangeErrorCode | ProvisioningErrorCode | WebErrorCode

export type { Message } from './message.ts'

export const messages = {
  // The request itself
  BODY_MALFORMED: message(
    400,
    '提交的内容格式不对，请核对所列字段。',
    'The request does not fit; see the fields listed.',
  ),
  BODY_TOO_LARGE: message(
    413,
    '文件过大，上限为 100 MB。',
    'The file is too large; 100 MB is the limit.',
  ),
  QUERY_MALFORMED: message(
    400,
    '查询条件有误，请按提示修改。',
    'The query cannot be read; see what is wrong.',
  ),
  ROUTE_UNKNOWN: message(404, '没有这个页面。', 'There is no such page.'),
  CERTIFICATE_REQUIRED: message(
    401,
    '需要本机签发的有效证书才能办理。证书可能已被吊销或到期。',
    'A live certificate of this box is needed; yours may be revoked or expired.',
  ),
  CROSS_SITE: message(
    403,
    '请求来自其他网站，已拒绝。请从本平台的页面操作。',
    'Another site asked for this; it was refused. Use the pages of this box.',
  ),
  BOX_NEEDS_OFFICERS: message(
    403,
    '本机还没有两名安全员，现在只办理安全员的注册。',
    'This box does not have two officers yet; it does nothing but enrol them.',
  ),
  EST_UNAUTHORISED: message(
    401,
    '注册码无效：不存在、已用过、已过期、已换发或已被驳回。',
    'The enrolment code opens nothing: unknown, used, expired, replaced or refused.',
  ),
  EST_CHANNEL_WRONG: message(
    400,
    '申请中的质询口令与本次 TLS 连接不符。',
    'The challenge password of the request is not of this TLS connection (RFC 7030 3.5).',
  ),
  ROLE_WRONG: message(403, '您的身份不能办理此事。', 'Your role may not do this.'),
  IDEMPOTENCY_KEY_MISSING: message(
    400,
    '请求缺少 Idempotency-Key。',
    'The request has no Idempotency-Key.',
  ),
  TOO_MANY_REQUESTS: message(429, '请求过多，请稍后再试。', 'Too many requests; try again later.'),
  INTERNAL: ours,
  // Acts on documents
  NOT_FOUND: message(404, '没有找到，或您无权查看。', 'Not found, or not for you to see.'),
  NOT_PERMITTED: message(403, '您的岗位没有此项职责。', 'Your seat does not have this duty.'),
  RELEASE_OWN: message(
    403,
    '自己的证书不能由自己恢复，请另一名安全员办理。',
    'Nobody releases a certificate of their own; another officer does it.',
  ),
  STAGE_WRONG: message(
    409,
    '公文已进入其他环节，请刷新后查看现在可以办理什么。',
    'The document is at another stage now; reload to see what can be done.',
  ),
  VERSION_STALE: message(
    409,
    '有人先办理了，请刷新后再试。您的操作没有生效。',
    'Someone acted first; reload and try again. Nothing of yours took effect.',
  ),
  EVIDENCE_DAMAGED: message(
    500,
    '证据记录的散列树与档案不符，请联系系统管理员。',
    'The hash tree of the evidence does not fit the archive; tell the system administrator.',
  ),
  ALREADY_DONE: message(409, '本单位已经办理过，不必重复。', 'Your unit has done this already.'),
  IDEMPOTENCY_KEY_REUSED: message(
    422,
    '同一请求编号用于了不同的内容。',
    'The same Idempotency-Key came with another request.',
  ),
  DRAFT_REFUSED: message(
    422,
    '稿件不符合规定，请按所列意见修改。',
    'The draft cannot be accepted; see the findings.',
  ),
  ISSUER_UNKNOWN: message(
    422,
    '发文机关不是本平台的有效单位，或名称、代字与登记不符。',
    'An issuer is no active unit of this box, or its name or agency code is not as registered.',
  ),
  RECIPIENT_UNKNOWN: message(
    422,
    '收文单位有误：不在本平台、名称与登记不符、重复，或就是发文机关。',
    'A recipient is not on this box by that name, named twice, or an issuer.',
  ),
  ...uploadMessages,
  HOLDINGS_TOO_LARGE: message(
    413,
    '文件合计超过 200 MB，不能打成一个包。请逐个下载。',
    'The files together are more than 200 MB; that is no single bundle. Download them one by one.',
  ),
  NUMBER_TAKEN: message(
    409,
    '该文号已被使用或跳过，请用下一个号。',
    'This number is taken or passed over; use the next.',
  ),
  NUMBER_SERIES_UNKNOWN: message(
    422,
    '本单位没有这个发文字号系列。',
    'Your unit has no such series of numbers.',
  ),
  STATEMENT_MALFORMED: message(400, '签署的声明格式不对。', 'The signed statement is malformed.'),
  STATEMENT_MISMATCH: message(
    409,
    '签署的内容与所办事项不一致，请重新打开后再签。',
    'What was signed is not what is to be done; open it again and sign anew.',
  ),
  // At the unit, before it signs
  SIGN_REQUEST_MALFORMED: message(
    400,
    '这不是完好的签署请求，没有签署。请重新获取。',
    'This is no well-formed sign request; nothing was signed. Fetch it again.',
  ),
  SIGN_REQUEST_FOREIGN: message(
    409,
    '签署请求来自另一台印匣，没有签署。',
    'The sign request is of another box; nothing was signed.',
  ),
  SIGN_REQUEST_NOT_YOURS: message(
    409,
    '签署请求是给别的岗位的，没有签署。请用该岗位的密钥。',
    'The sign request is for another seat; nothing was signed. It takes the keys of that seat.',
  ),
  ...backupMessages,
  ...machineMessages,
  ...orderMessages,
  ...upgradeMessages,
  SIGN_REQUEST_DISAGREES: message(
    409,
    '签署请求前后不一致，没有签署。请重新获取；如仍如此，请告诉安全员。',
    'The sign request contradicts itself; nothing was signed. Fetch it again; if it stays so, tell the security officer.',
  ),
  SIGN_REQUEST_FILE_DIFFERS: message(
    409,
    '文件与签署请求所述不同，没有签署。请重新获取；如仍如此，请告诉安全员。',
    'A file is not the one that the sign request names; nothing was signed. Fetch it again; if it stays so, tell the security officer.',
  ),
  SIGN_KEY_MISSING: message(
    409,
    '密钥文件里没有所需的密钥，没有签署。',
    'The key that is needed is not in this key file; nothing was signed.',
  ),
  SEAL_CHANGES_FILE: message(
    409,
    '用印会改动印章以外的内容，没有用印。请告诉安全员。',
    'Sealing would change more than the seal; nothing was sealed. Tell the security officer.',
  ),
  SIGNED_MALFORMED: message(
    400,
    '这不是完好的签署结果文件，没有办理。',
    'This is no well-formed answer to a sign request; nothing was done.',
  ),
  RESTORE_ORDER_DIFFERS: message(
    422,
    '这不是告诉您的那道令：编号对不上。什么都没有改。请与安全员核对。',
    'This is not the order that you were told of: its name differs. Nothing was changed. Ask the security officer.',
  ),
  JOURNAL_FORKED: message(
    409,
    '日志与本单位上次见到的不相连，没有签署。请告诉审计员，并保存好本单位的回执。',
    'The journal does not continue what this unit saw last; nothing was signed. Tell the auditor, and keep this unit’s receipts.',
  ),
  JOURNAL_SHORTER: message(
    409,
    '这份签署请求比本单位上次签署时的日志还旧，没有签署。请重新获取；如仍如此，请告诉审计员。',
    'The journal in this request is shorter than what was signed last; nothing was signed. Fetch it again; if it stays so, tell the auditor.',
  ),
  JOURNAL_PROOF_MISSING: message(
    409,
    '这份签署请求没有从上次所签日志起的证明，没有签署。请重新获取。',
    'The request has no proof from the journal’s head that was signed last; nothing was signed. Fetch it again.',
  ),
  CERTIFICATE_NOT_LIVE: message(
    403,
    '签名所用证书无效、已吊销，或不属于本岗位。',
    'The signing certificate is not live, or not this seat’s.',
  ),
  SIGNATURE_INVALID: message(
    422,
    '签名与内容不符。',
    'The signature does not fit what was to be signed.',
  ),
  SEAL_REQUEST_EXPIRED: message(
    409,
    '用印请求已过期，请重新发起。',
    'The seal request is too old; ask for it again.',
  ),
  SEAL_PLACEHOLDER_TOO_SMALL: ours,
  SEAL_PICTURE_REFUSED: message(
    422,
    '印模图片不能使用：须为 PNG 或 JPEG，白底，印迹清晰，每边 120 至 2400 像素。',
    'The picture cannot be a seal: PNG or JPEG, a clear mark on white, 120 to 2,400 pixels a side.',
  ),
  SEAL_LEVEL_UNREACHABLE: message(
    503,
    '暂时无法加盖可信时间戳，请稍后再试。',
    'Time-stamping is not available; try again later.',
  ),
  PDF_MALFORMED: message(422, '这不是完好的 PDF 文件。', 'This is no well-formed PDF.'),
  PDF_ENCRYPTED: message(
    422,
    'PDF 已加密，不能办理。请上传未加密的文件。',
    'The PDF is encrypted; upload one that is not.',
  ),
  PDF_TOO_LARGE: message(413, 'PDF 过大或过于复杂。', 'The PDF is too large or too complex.'),
  // Enrolment
  ROSTER_REFUSED: message(
    422,
    '单位名册有误，一行未录。请按所列行修改。',
    'The roster is refused, no row was taken; see the rows.',
  ),
  ENROLMENT_CODE_UNKNOWN: message(403, '没有这个注册码。', 'No such code was given out.'),
  ENROLMENT_CODE_USED: message(
    409,
    '注册码已经用过。如非本单位所为，请立即告诉安全员。',
    'This code was redeemed before. If not by you, tell the security officer at once.',
  ),
  ENROLMENT_CODE_EXPIRED: message(
    403,
    '注册码已过期，请向安全员另领。',
    'This code has expired; ask the security officer for another.',
  ),
  ENROLMENT_CODE_MISTYPED: message(
    400,
    '注册码输入有误，请核对。',
    'The code is mistyped; check it.',
  ),
  ENROLMENT_REQUESTS_WRONG: message(
    422,
    '注册申请的证书与注册码不符。',
    'The code redeems other certificates.',
  ),
  ENROLMENT_CODE_REPLACED: message(
    403,
    '安全员已另发新的注册码，这一个作废。',
    'A newer code was given out; this one is void.',
  ),
  ENROLMENT_REQUEST_WAITING: message(
    409,
    '此注册码已有另一份申请在等待审批，本次密钥未被受理。请立即告诉安全员。',
    'Other keys wait under this code already; these were not taken. Tell the security officer at once.',
  ),
  ENROLMENT_REQUEST_REFUSED: message(
    403,
    '安全员没有批准用此注册码提出的申请。请与安全员联系，另领注册码。',
    'The security officer refused the request made with this code; ask for another code.',
  ),
  ENROLMENT_REQUEST_UNKNOWN: message(
    404,
    '没有这份注册申请。',
    'There is no such request for enrolment.',
  ),
  ENROLMENT_REQUEST_DECIDED: message(
    409,
    '这份注册申请已经办结，请刷新查看结果。',
    'This request was decided already; reload to see how.',
  ),
  ENROLMENT_REQUEST_UNDECIDED: message(
    409,
    '该单位或人员有申请正在等待审批，请先批准或拒绝，再发新码。',
    'A request waits for approval; approve or refuse it before another code is given out.',
  ),
  ENROLMENT_REQUEST_OWN: message(
    403,
    '不能审批自己的申请，请由另一位安全员办理。',
    'Nobody approves their own request; another officer must.',
  ),
  ENROLMENT_CODE_OWN: message(
    403,
    '正式机上，安全员的注册码由一位安全员发出，由另一位批准；这个码是您发出的。',
    'On a production box one officer gives out an officer’s code and another one approves; you gave out this one.',
  ),
  ENROLMENT_KEYS_KNOWN: message(
    409,
    '这组密钥已用于另一份申请，请重新生成密钥。',
    'These keys were asked for under another code; make new ones.',
  ),
  ENROLMENT_DONE: message(
    409,
    '该单位或人员已经注册。若因密钥遗失须重新注册，请选明旧证书如何处理。',
    'Enrolled already. If keys were lost and they are to enrol anew, say what becomes of the old certificates.',
  ),
  ENROLMENT_NOT_DONE: message(
    409,
    '该单位或人员尚未注册，没有旧证书可处理。',
    'Not enrolled yet; there are no old certificates to speak of.',
  ),
  ENROLMENT_ORDER_DONE: message(
    409,
    '这份发码令已经办过，注册码当时已给出。如需新码，请重新签署。',
    'This order was carried out before, and its code was answered then; sign another one for a further code.',
  ),
  CERTIFICATES_TOO_MANY: message(
    409,
    '同一岗位的同类有效证书已有三张，请先吊销不用的，再换新。',
    'Three certificates of this kind are live already; have one revoked before another is issued.',
  ),
  RENEWAL_NOT_LIVE: message(
    409,
    '没有可以续期的有效证书（已到期、吊销或暂停）。请向安全员领注册码，重新注册。',
    'There is no live certificate to renew (ended, revoked or on hold); ask the security officer for a code and enrol anew.',
  ),
  RENEWAL_NOT_YOURS: message(
    403,
    '只能续期自己的证书，并须用各自现有的签名密钥签名。',
    'Only one’s own certificates are renewed, each signed for by its holder’s present key.',
  ),
  RENEWAL_SUBJECT_DIFFERS: message(
    422,
    '申请中的名称与现有证书不同，不能续期。',
    'The names in the request are not those of the certificate that is to be renewed.',
  ),
  RENEWAL_KEY_FILE_WRONG: message(
    422,
    '新的密钥文件缺少应有的密钥，没有替换。',
    'The new key file lacks a key that belongs in it; nothing was replaced.',
  ),
  HOLDER_UNKNOWN: message(
    404,
    '本平台没有这个单位或人员。',
    'There is no such unit or person on this box.',
  ),
  PERSON_KNOWN: message(
    409,
    '已有同名人员，请换一个标识。',
    'There is a person of this identifier; choose another.',
  ),
  REQUEST_FILE_MALFORMED: message(
    400,
    '注册申请文件格式不对。',
    'The file of requested keys is malformed.',
  ),
  KEY_FILE_ABSENT: message(
    404,
    '本平台没有保存您的密钥文件。',
    'The box keeps no key file for you.',
  ),
  UNIT_SECRET_MISTYPED: message(
    400,
    '单位密语输入有误，请核对。',
    'The unit secret is mistyped; check it.',
  ),
  FINGERPRINT_MALFORMED: message(400, '指纹格式不对。', 'The fingerprint is malformed.'),
  KEY_FILE_LOCKED: message(403, '口令或单位密语不对。', 'The passphrase or unit secret is wrong.'),
  KEY_FILE_MALFORMED: message(400, '密钥文件格式不对。', 'The key file is malformed.'),
  KEY_FILE_TAMPERED: message(
    400,
    '密钥文件被改动过，不能使用。',
    'The key file was altered and cannot be used.',
  ),
  KEY_FILE_KEY_REFUSED: message(
    422,
    '密钥不符合要求。',
    'The key is not of a kind that is used here.',
  ),
  PKCS12_REFUSED: message(422, '证书文件不能生成。', 'The PKCS#12 file cannot be made.'),
  ...trustMessages,
  SEARCH_CLOSED: message(
    503,
    '检索暂不可用，请稍后再试。',
    'Search is not available; try again later.',
  ),
  SEARCH_DAMAGED: message(
    503,
    '检索索引损坏，正在重建，请稍后再试。',
    'The search index is damaged and is being rebuilt; try again later.',
  ),
  FONT_UNUSABLE: ours,
  SEAL_NOT_ALLOWED: message(
    422,
    '此文件上不能再加盖印章。',
    'No further seal may be put on this file.',
  ),
  SEAL_SIGNATURE_WRONG: message(
    422,
    '印章签名与文件不符。',
    'The seal’s signature does not fit the file.',
  ),
} as const satisfies Record<ErrorCode, Message>
