/** What each type of entry attests, and who vouches for it: the sentences that an auditor reads above the entry. Pure. */
import type { EntryType } from './entry_words.ts'

type Words = readonly [zh: string, en: string]

export const entryMeanings: Readonly<Record<EntryType, Words>> = {
  'box.created': [
    '首次启动时写下：本机是试用还是正式，以及根证书的哈希。从此不变。',
    'Written at first boot: whether the box is for trial or production, and the hash of its root. It never changes.',
  ],
  'certificate.issued': [
    '签发了一张证书，证书全文在内。条目与批准或注册在同一次提交中。',
    'A certificate was issued; all of it stands in the entry. It is in one commit with the approval or enrolment.',
  ],
  'service.activated': [
    '从本条起，本机的这一服务改用这把密钥和这张证书；旧证书仍可查、仍可验。',
    'From this entry on this service of the box uses this key and certificate; the old ones stay known and verifiable.',
  ],
  'certificate.revoked': [
    '从这一刻起证书无效；同一次提交中发布新的吊销列表。',
    'From this moment the certificate is not valid; the new revocation list is in the same commit.',
  ],
  'revocation.ordered': [
    '安全员签署的吊销令，声明与签名按哈希指明，可以单独验证。',
    'The officer’s signed order; statement and signature are named by hash and verify by themselves.',
  ],
  'order.proposed': [
    '一名安全员签署提出重大操作，等另一名安全员会签；此时什么都没有执行。',
    'One officer signed for a grave act, which waits for another one; nothing was done yet.',
  ],
  'order.countersigned': [
    '另一名安全员对同一字节签名；令在同一次提交中执行。两个签名都按哈希指明，可以单独验证。',
    'Another officer signed the very same bytes; the act is in the same commit. Both signatures are named by hash and verify by themselves.',
  ],
  'order.withdrawn': [
    '提出人在会签之前撤回了令，撤回声明按哈希指明。',
    'The proposer took the order back before it was countersigned; the signed withdrawal is named by hash.',
  ],
  'upgrade.staged': [
    '管理员把发布密钥签署的升级包放到本机，清单按哈希指明；还没有安装。',
    'An administrator brought a bundle that the release key signed; its manifest is named by hash. Nothing is installed yet.',
  ],
  'upgrade.ordered': [
    '两名安全员的令在同一次提交中；系统分区随即写入，本机重新启动。',
    'The order of two officers is in the same commit; the slot is written then, and the box restarts.',
  ],
  'upgrade.ended': [
    '新版本保留（committed）、自行退回（fell-back），或者没有装上（failed，附代码）。',
    'The new version was kept (committed), the box fell back by itself (fell-back), or it was not installed (failed, with a code).',
  ],
  'compromise.stated': [
    '两名安全员声明一把密钥自何时起不可信，条目在会签的同一次提交中。',
    'Two officers stated since when a key is not to be trusted; it is in one commit with the second signature.',
  ],
  'backup.keyed': [
    '从此备份加密给这把公钥；私钥分给保管人（几份中的几份），或者（试用机）只有一个文件。',
    'From here on backups are encrypted to this recipient; its key is in shares with the custodians, or (of a trial box) in one file.',
  ],
  'backup.stored': [
    '一份备份已经落盘：名称（文件头的哈希）、种类、写到第几条、文件数、存到哪里。',
    'A backup is on its disk: its name (hash of its header), what it follows, up to which entry, how many files, where it went.',
  ],
  'backup.scheduled': [
    '系统管理员定下何时备份、保留几份。',
    'The administrator said when backups are made, and how many are kept.',
  ],
  'backup.drilled': [
    '演练：备份、在旁边恢复、核对日志与文件、验证公文，然后删除；结果在内。',
    'A drill: backed up, restored beside, journal and files compared, documents verified, thrown away; the result is inside.',
  ],
  'box.restored': [
    '本机由备份恢复，从这里接续；已知丢失的以后条目、已用过的文号都写在内，双人令在同一次提交中。',
    'The box was restored from a backup and goes on from here; later entries known to be lost and numbers known to be drawn are inside, the order of two officers in the same commit.',
  ],
  'numbers.restored': [
    '恢复时已知用过的文号太多，接着列在这里。',
    'Further numbers known to be drawn when the box was restored, where there are too many for one entry.',
  ],
  'clock.held': [
    '本机时钟不可信（原因在内）。此后的条目标明“时间未经确认”，并停发时间戳，直到两名安全员确认时间。',
    'The machine’s clock cannot be believed (the reason is inside). Entries from here on are marked, and nothing is stamped until two officers have said the time.',
  ],
  'clock.confirmed': [
    '两名安全员确认或校正了时间；命令与两人的签名在同一次提交中。',
    'Two officers confirmed or corrected the time; their order and both signatures are in the same commit.',
  ],
  'certificate.released': [
    '暂停使用的证书恢复使用；同一次提交中发布的吊销列表不再列出它。',
    'A certificate on hold may be used again; the revocation list in the same commit drops it.',
  ],
  'release.ordered': [
    '安全员签署的恢复令，声明与签名按哈希指明，可以单独验证。',
    'The officer’s signed order to release; statement and signature are named by hash and verify by themselves.',
  ],
  'timestamps.granted': [
    '发出的每个时间戳在发出之前都记入日志：序列号和哈希。密钥泄露后，据此分辨真伪。',
    'Each time-stamp stands here before it is handed out, by serial number and hash. After a compromise of the key this tells the genuine ones.',
  ],
  'evidence.stamped': [
    '夜间用一个时间戳覆盖新归档的全部文件和签署：散列树的根、令牌、件数。每份文件的证据记录由此得出。',
    'One timestamp over all files and signatures that came in: root of the hash tree, token, number. The evidence record of each file follows from it.',
  ],
  'evidence.renewed': [
    '在最早一个时间戳的证书到期之前，用新的时间戳覆盖尚未续期的全部令牌。',
    'Before the first timestamp’s certificate ended, a new timestamp covered all tokens that were not renewed yet.',
  ],
  'evidence.rehashed': [
    '换用另一种散列算法，把全部档案连同以往的时间戳重新散列并盖时间戳。',
    'Everything in the archive was hashed anew by another algorithm, with all timestamps so far, and stamped.',
  ],
  'crl.issued': [
    '发布吊销列表。列表编号取自本条的时间，只增不减，所以恢复备份也不会重号。',
    'A revocation list was issued. Its number follows from the time of this entry and only grows, so that a restored backup repeats none.',
  ],
  'crl.published': [
    '仪式中由离线根密钥签发的长期吊销列表，全文在内，本机照原样发布。',
    'The long-lived revocation list that the absent root signed in a ceremony; all of it stands in the entry and is served as it is.',
  ],
  'ceremony.held': [
    '举行了一次密钥仪式；记录按哈希指明，并由根密钥签名，可以单独验证。',
    'A key ceremony was held; its minutes are named by hash and signed by the root key, which verifies by itself.',
  ],
  'box.opened': [
    '正式机已有两名安全员持有有效证书，从此办理其他事项。',
    'Two officers of a production box hold live certificates; from here on it does everything else.',
  ],
  'person.appointed': [
    '安全员签署的任命：此人担任何种管理职务。',
    'The officer’s signed appointment: which administrator this person is.',
  ],
  'person.registered': [
    '登记了一名管理人员；一人只担任一种职务。',
    'An administrator was registered; nobody holds two roles.',
  ],
  'roster.registered': [
    '安全员签署的单位名册，按哈希指明；各单位、岗位和注册码在同一次提交中。',
    'The officer’s signed roster, named by hash; its units, seats and codes are in the same commit.',
  ],
  'unit.registered': [
    '登记了一个单位，以统一社会信用代码为准。',
    'A unit was registered, identified by its unified social credit code.',
  ],
  'seat.created': [
    '为单位设立了一个岗位及其职责。',
    'A seat of the unit was made, with its duties.',
  ],
  'enrolment.code-issued': [
    '发放了一次性注册码；本机只保存它的哈希。此前发给同一对象的码作废。',
    'A one-time code was given out; the box keeps its hash only. Earlier codes for the same holder are void.',
  ],
  'enrolment.requested': [
    '持码者提交了公钥，等待安全员核对。私钥没有离开单位。',
    'Whoever had the code handed in public keys, which wait for an officer. The private keys never left the unit.',
  ],
  'enrolment.contested': [
    '同一注册码下又有人提交了别的密钥：码可能落入他人之手。请查清后再批准。',
    'Somebody offered other keys under the same code: it may be in other hands. To be cleared up before anything is approved.',
  ],
  'enrolment.approved': [
    '安全员电话核对指纹后签署批准；证书在同一次提交中签发。',
    'An officer compared the fingerprint and approved under signature; the certificates are issued in the same commit.',
  ],
  'enrolment.refused': [
    '安全员签署拒绝，理由在声明中；什么也没有签发。',
    'An officer refused under signature; the reason stands in the statement. Nothing was issued.',
  ],
  'enrolment.renewed': [
    '持有现用密钥的人换发了新证书，由现用签名密钥签署（或经 EST 由登录证书换发），无须安全员；旧证书到期前仍有效。',
    'Who holds live keys renewed certificates, signed for by the present signing keys (or over EST by the log-in certificate), without an officer; the old ones stay valid until they end.',
  ],
  'enrolment.redeemed': [
    '第一位安全员用首次启动时的注册码注册；此时还没有人可以批准。',
    'The first officer enrolled with the code of first boot; there was nobody yet to approve it.',
  ],
  'document.drafted': [
    '文书把稿件送签。标题和正文在文件里，按哈希指明，不在日志中。',
    'A clerk handed a draft on. Title and text are in blobs named by hash, not in the journal.',
  ],
  'document.approved': [
    '领导签署同意；声明载明稿件和附件的哈希。',
    'A leader approved under signature; the statement names the hashes of draft and attachments.',
  ],
  'document.numbered': [
    '登记取号并排版；号不重用，作废的也留在登记簿里。',
    'A number was drawn and the pages laid out; no number is used twice.',
  ],
  'document.sealed': [
    '加盖了单位印章；此后文件的字节不再改变。',
    'The unit’s seal was put on; the bytes of the file do not change any more.',
  ],
  'document.dispatched': [
    '发出：声明载明文件的哈希、收文单位和期限。',
    'Dispatched: the statement names the file’s hash, the recipients and the deadline.',
  ],
  'document.received': [
    '收文单位首次打开；由本机记录，没有签名。',
    'The recipient opened it first; attested by the box, without a signature.',
  ],
  'document.receipted': [
    '收文单位签署回执，载明文件哈希和当时见到的树头。',
    'The recipient signed a receipt, which names the file’s hash and the head that it saw.',
  ],
  'document.returned': [
    '收文单位签署退文，理由在声明中。',
    'The recipient returned it under signature; the reason stands in the statement.',
  ],
  'box.rehosted': [
    '本机换用新的名称或地址：同一次提交里有新的网页证书；此后签发的证书写新地址，旧证书里的旧地址要继续指向本机。',
    'The box took another name or address: the new TLS certificate is in the same commit, and what is issued from then on carries the new address. The old one, in older certificates, must go on leading to the box.',
  ],
  'upload.refused': [
    '等待病毒检查的一个上传文件被查出问题，已经删除。当场查出的记为“拒绝办理”。',
    'An upload that had waited for the virus check was refused and removed. What is found at once is a refused act.',
  ],
  'signatures.installed': [
    '系统管理员为病毒检查装上了新的病毒库：文件名、散列值、版本、由谁签署。',
    'An administrator installed signatures for the virus check: names, hashes, versions, and whose signature they bear.',
  ],
  'monitoring.configured': [
    '系统管理员设定告警发给谁（日志收集器、邮件中继），以及单位多久没有消息算静默；内容按哈希指明。',
    'An administrator set who is told of alarms (collector, mail relay) and when a unit counts as silent; named by hash.',
  ],
  'state.stated': [
    '本机每天签署一份自身状况的声明：日志树头、各项检查、证书期限、备份与巡检。',
    'The box signs a statement of its own state each day: the head of the journal, all checks, ends of certificates, backup and scrub.',
  ],
  'act.refused': [
    '一次办理或登录被拒绝。同一来源、同一原因每分钟只记一条。',
    'An act or log-in was refused. One entry a source, reason and minute.',
  ],
}
