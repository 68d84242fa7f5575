/** What the signer says of what is signed. */
import type { SignAct } from '../../../exchange/unit/index.ts'
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

/** Each act by the name on its button. */
export const actNames = {
  approve: w('签发', 'Approve'),
  seal: w('用印', 'Seal'),
  dispatch: w('发出', 'Send'),
  'sign-for': w('签收', 'Sign for it'),
  return: w('退文', 'Return it'),
  register: w('登记单位', 'Register units'),
  appoint: w('任命', 'Appoint'),
  'issue-code': w('发注册码', 'Give out a code'),
  'approve-request': w('批准注册', 'Approve the enrolment'),
  'approve-requests': w('批准这些注册', 'Approve these enrolments'),
  'refuse-request': w('驳回注册', 'Refuse the enrolment'),
  revoke: w('吊销证书', 'Revoke the certificate'),
  'propose-order': w('提出令', 'Propose the order'),
  countersign: w('会签令', 'Countersign the order'),
  'withdraw-order': w('撤回令', 'Withdraw the order'),
  release: w('恢复证书', 'Release the certificate'),
} as const satisfies Record<SignAct, Words>

/** A further issuer countersigns. */
export const countersign = w('会签', 'Countersign')

/** What is true once it is signed: one sentence under the button. */
export const actMeans = {
  approve: w(
    '签名后，这一稿就是要用印发出的那一稿，一字不能再改。',
    'Once signed, this very text is what will be sealed and sent; no word of it can change.',
  ),
  seal: w(
    '签名后，本单位的电子印章盖在这份文件上。',
    "Once signed, the unit's seal stands on this document.",
  ),
  dispatch: w(
    '签名后，文件即刻送达所列单位。',
    'Once signed, it goes to the units listed at once.',
  ),
  'sign-for': w(
    '签名后，发文单位得到本单位的回执，正文随即打开。',
    "Once signed, the sender has your unit's receipt and the pages open.",
  ),
  return: w(
    '签名后，文件连同理由退回发文单位。',
    'Once signed, it goes back to the sender with your reason.',
  ),
  register: w(
    '签名后，这些单位各得一个注册码。注册码只显示这一次，请准备好打印机。',
    'Once signed, each unit gets a code. Codes are shown only once: have the printer ready.',
  ),
  appoint: w(
    '签名后，此人得到一个注册码。注册码只显示这一次，请准备好打印机。',
    'Once signed, the person gets a code, shown only once: have the printer ready.',
  ),
  'issue-code': w(
    '签名后，发出新的注册码，旧的作废。注册码只显示这一次。',
    'Once signed, a new code is given out and the old one is void. It is shown only once.',
  ),
  'approve-request': w(
    '签名后，对方立刻得到证书。32 个词没有在电话里逐个核对过，就不要签。',
    'Once signed, they have their certificates at once. Do not sign unless all 32 words were compared by telephone.',
  ),
  'approve-requests': w(
    '签名后，所列单位立刻得到证书。没有逐个电话核对过的，不要签。',
    'Once signed, all of them have their certificates at once. Do not sign unless each was compared by telephone.',
  ),
  'refuse-request': w(
    '签名后，这份申请作废，须另发注册码。',
    'Once signed, the request is void; another code must be given out.',
  ),
  revoke: w(
    '签名后，持有人一秒之内就不能再进入。除“暂停使用”外，不能恢复。',
    'Once signed, the holder is shut out within a second. Only a hold can be undone.',
  ),
  release: w(
    '签名后，持有人立刻可以再用这张证书，吊销列表不再列出它；暂停过的事实留在日志里。',
    'Once signed, the holder may use the certificate again at once and the revocation list drops it; that it was on hold stays in the journal.',
  ),
  'propose-order': w(
    '签名后，这道令等另一名安全员会签；会签之前什么都不执行，您可以撤回。',
    'Once signed, the order waits for another security officer. Nothing is done before they sign, and you can withdraw it.',
  ),
  countersign: w(
    '签名后，这道令立即执行，不能撤回。请先向提出人当面或打电话核实。',
    'Once signed, the order is carried out at once and cannot be taken back. Ask the officer who proposed it first.',
  ),
  'withdraw-order': w('签名后，这道令作废。', 'Once signed, the order is void.'),
} as const satisfies Record<SignAct, Words>

/** The mark that a done act leaves. */
export const actDone = {
  approve: w('已签发', 'Approved'),
  seal: w('已用印', 'Sealed'),
  dispatch: w('已发出', 'Sent'),
  'sign-for': w('已签收', 'Signed for'),
  return: w('已退文', 'Returned'),
  register: w('已登记', 'Registered'),
  appoint: w('已任命', 'Appointed'),
  'issue-code': w('已发码', 'Code given'),
  'approve-request': w('已批准', 'Approved'),
  'approve-requests': w('已批准', 'Approved'),
  'refuse-request': w('已驳回', 'Refused'),
  revoke: w('已吊销', 'Revoked'),
  'propose-order': w('已提出', 'Proposed'),
  countersign: w('已执行', 'Carried out'),
  'withdraw-order': w('已撤回', 'Withdrawn'),
  release: w('已恢复', 'Released'),
} as const satisfies Record<SignAct, Words>

export const sign = {
  youSign: (act: Words): Words => w(`您将${act.zh}`, `You are about to: ${act.en.toLowerCase()}`),
  loading: w('正在取要签的内容…', 'Fetching what is to be signed…'),
  what: w('签名内容', 'What is signed'),
  number: w('发文字号', 'Number'),
  kind: w('文种', 'Kind'),
  issuers: w('发文单位', 'Issued by'),
  main: w('主送', 'To'),
  copies: w('抄送', 'Copies'),
  recipients: (count: number): Words => w(`共 ${String(count)} 个单位`, `${String(count)} units`),
  deadline: w('签收期限', 'To be signed for by'),
  deadlineHint: w('可不填；按本机时间', "May be left open; in this computer's time"),
  opinion: w('意见', 'Opinion'),
  reason: w('理由', 'Reason'),
  reasonNeeded: w('请写明理由。', 'Please give a reason.'),
  count: w('份数', 'Copies received'),
  pages: w('页数', 'Pages'),
  attachments: w('附件', 'Attachments'),
  noAttachments: w('无附件', 'None'),
  hash: w('SHA-256', 'SHA-256'),
  holder: w('签名人', 'Signer'),
  unit: w('单位', 'Unit'),
  sealTime: w('用印时间', 'Time of sealing'),
  head: w('见证的日志', 'Journal witnessed'),
  headAt: (size: string): Words => w(`第 ${size} 条`, `${size} entries`),
  who: w('对象', 'For'),
  role: w('岗位', 'Role'),
  units: w('登记的单位', 'Units to be registered'),
  certificate: w('证书', 'Certificate'),
  certificateOf: w('持有人', 'Holder'),
  certificateUse: w('用途', 'Use'),
  serial: w('序列号', 'Serial number'),
  invalidityDate: w('从何时起不可信', 'Not to be trusted since'),
  noInvalidityDate: w('未说明', 'not said'),
  measured: (is: { list: string; status: string; access: string; connections: string }): Words =>
    w(
      `${is.access} 毫秒后禁止或恢复进入，${is.list} 毫秒后吊销列表更新，${is.status} 毫秒后状态查询更新；切断连接 ${is.connections} 条。`,
      `Access changed after ${is.access} ms, the revocation list after ${is.list} ms, status answers after ${is.status} ms; connections shut: ${is.connections}.`,
    ),
  certificates: w('申请的证书', 'Certificates asked for'),
  requestWords: w('请与对方在电话里逐个核对', 'Compare these by telephone, word by word'),
  contested: w(
    '有人用同一个注册码提交过另一组密钥。请先弄清是谁，再决定批准或驳回。',
    'Somebody offered other keys under the same code. Find out who, before you approve or refuse.',
  ),
  rather: w('不办这个，改为：', 'Or rather: '),
  requestSameOf: (name: string): Words =>
    w(`${name}：32 个词一致`, `${name}: all 32 words are the same`),
  compareTitle: w('逐个电话核对', 'Compare by telephone, one after the other'),
  compareLead: w(
    '核对一个，勾一个；勾好的一次签名批准。没有接通的留到下次。',
    'Tick each one that was compared; those are approved by one signature. Leave the others for later.',
  ),
  compareMany: w('一次核对多个', 'Compare several'),
  compareSign: (count: number): Words =>
    w(`去签名批准 ${String(count)} 个`, `Approve ${String(count)}`),
  compareMost: (count: number): Words =>
    w(`一次最多 ${String(count)} 个`, `${String(count)} at most at a time`),
  manyRefused: w('下列没有批准：', 'These were not approved: '),
  oldKeep: w('旧证书继续有效', 'the old certificates stay valid'),
  oldSuperseded: w(
    '新证书签发时吊销旧证书（已换发）',
    'the old certificates are revoked when the new ones are issued (superseded)',
  ),
  oldCompromised: w(
    '立即吊销旧证书（密钥可能泄露）',
    'the old certificates are revoked at once (the key may be compromised)',
  ),
  oldAsk: w(
    '对方已经注册过。若因密钥遗失须重新注册，请选明旧证书如何处理：',
    'They have enrolled. If keys were lost and they are to enrol anew, choose what becomes of the old certificates:',
  ),
  old: w('旧证书', 'Old certificates'),
  requestSame: w('32 个词都与对方念的一致', 'All 32 words are what the other side read'),
  boxSays: w('以下为印匣的说明，不在签名之内', 'What the box says; not part of what is signed'),
  afterSigning: w('签收以后可以看正文', 'The pages open once it is signed for'),
  pagesOf: w('文件正文', 'The pages'),
  openPdf: w('在新窗口打开', 'Open in a window'),
  unreadable: w(
    '这份内容本页不能完整显示，请不要签，告诉系统管理员。',
    'This page cannot show all of it: do not sign, and tell the administrator.',
  ),
  saveFile: w('保存查看', 'Save to look at'),
  draftOf: w('送签稿', 'The draft'),
  signing: w('正在签名…', 'Signing…'),
  sending: w('已签名，正在送出…', 'Signed; sending…'),
  lostKept: w(
    '线路断了。签名已经做好，保存在本机，会自动再送；不会丢，也不会办两次。',
    'The line broke. The signature is made and kept here, and is sent again by itself: nothing is lost and nothing is done twice.',
  ),
  sendNow: w('现在再送', 'Send again now'),
  sentLater: w('上次没有送到的，已经送到。', 'What had not arrived has arrived now.'),
  unsent: (count: number): Words =>
    w(`有 ${String(count)} 件已签名但未确认送达`, `${String(count)} signed, arrival not confirmed`),
  changed: w(
    '在您看的时候内容变了，没有签名。请重新看一遍。',
    'What is to be signed changed while you were looking; nothing was signed. Please look again.',
  ),
  look: w('重新看', 'Look again'),
  toDocument: w('看这份文件', 'See the document'),
  waiting: w('等您签名的', 'Waiting for your signature'),
  alsoWaiting: w('还在等您签名的', 'Also waiting for your signature'),
  nothing: w('没有等您签名的文件', 'Nothing waits for your signature'),
  nothingWhy: w(
    '有送签、待用印、待发出或待签收的文件时，会列在这里。',
    'Drafts to approve, documents to seal, to send or to sign for are listed here.',
  ),
  nothingOfficer: w('没有等您批准的注册', 'No enrolment waits for you'),
  nextOne: w('下一件', 'Next'),
  impossible: w('现在不能办', 'Not possible now'),
  possible: w('现在可以办的', 'What is possible now'),
  notYours: w(
    '这件事须由别人签名，当前登录的是',
    'Somebody else has to sign this. You are logged in as',
  ),
  overdue: w('逾期', 'overdue'),
} as const satisfies Record<string, Said>

export const fork = {
  title: w('日志分叉，拒绝签名', 'The journal has forked: refused to sign'),
  what: w(
    '印匣现在给出的日志，与本单位上次签名时见过的不相连。有人改动、回退或替换了记录。',
    'The journal that the box shows now does not continue the one this unit signed over last. Records were altered, taken back or replaced.',
  ),
  nothing: w('什么都没有签，也没有送出。', 'Nothing was signed or sent.'),
  todo: w('请这样做', 'Do this'),
  todo1: w(
    '不要再用这台印匣办文，保留本页。',
    'Stop working with this box, and leave this page open.',
  ),
  todo2: w(
    '把下面的证据保存下来，交给审计员。',
    'Save the evidence below and give it to the auditor.',
  ),
  todo3: w(
    '打电话告诉审计员和安全员；不要用邮件或本平台。',
    'Telephone the auditor and the security officer; use neither mail nor this system.',
  ),
  save: w('保存证据', 'Save the evidence'),
  seen: w('上次签名时', 'When signed last'),
  shown: w('现在给出', 'Shown now'),
  otherKey: w(
    '印匣换了日志签名的证书，与本机记得的不同，不能签名。请告诉审计员；确属更换的，请重新放入新的单位文件。',
    "The box's journal is signed by another certificate than this browser remembers, so nothing is signed. Tell the auditor.",
  ),
} as const satisfies Record<string, Said>

export const restored = {
  title: w(
    '安全员告诉过您：本机由备份恢复了？',
    'Were you told that the box was restored from a backup?',
  ),
  how: w(
    '只有安全员用电话或书面告诉了您令的编号，才填在这里；不要用本机上看到的编号。填错什么也不会改。',
    'Only if a security officer told you the name of the order, by telephone or on paper; never take it from this box. A wrong one changes nothing.',
  ),
  digits: w('令的编号，前十六位', 'Name of the order, its first sixteen digits'),
  accept: w('核对并接受', 'Compare and accept'),
  drop: w('放入令的文件 order.json', 'Drop the order, order.json'),
  dropHow: w('由安全员交来；先填编号', 'From the officer; type the digits first'),
  short: w('请填满十六位。', 'Type all sixteen digits.'),
  none: w(
    '没有这样一道令，或编号对不上。什么都没有改；请再问安全员。',
    'There is no such order, or its name differs. Nothing was changed; ask the officer again.',
  ),
  taken: (size: string, lost: string): Words =>
    w(
      `已接受：日志从第 ${size} 条之后接续，已知丢失 ${lost} 条。请回到办公桌，重新签署。`,
      `Accepted: the journal goes on behind entry ${size}; ${lost} later ones are known to be lost. Go back to the desk and sign again.`,
    ),
} as const satisfies Record<string, Said>

export const disk = {
  title: w('离线签名', 'Sign offline'),
  lead: w(
    '在办公桌上下载签署请求（.signreq），在这里签名，再把签好的文件（.signed）交回办公桌。本页不连接任何网络。',
    'Download a sign request (.signreq) from the desk, sign it here, and hand the answer (.signed) back to the desk. This page connects to nothing.',
  ),
  unitLoaded: (name: string): Words => w(`${name}的密钥`, `Keys of ${name}`),
  otherUnit: w('换一个', 'Another one'),
  request: w('放入签署请求', 'Drop a sign request'),
  requestHow: w('.signreq 文件，或点此选择', 'A .signreq file; or click to choose'),
  save: w('保存签好的文件', 'Save the signed answer'),
  saved: w(
    '请把它交回办公桌的“交回签名”。同一份交两次也只算一次。',
    'Hand it back on the desk. The same file handed in twice counts once.',
  ),
  lastHead: (size: string): Words =>
    w(`本机上次签到日志第 ${size} 条`, `This browser last signed over ${size} journal entries`),
  fixed: w(
    '离线时内容不能改；要改请在办公桌上重新下载。',
    'Offline nothing can be edited; download the request again for that.',
  ),
  alsoServed: w('离线签名', 'Signing offline'),
  alsoServedHow: w(
    '没有网络的地方，用签署请求文件（.signreq）签，签好的文件（.signed）再带回办公桌。',
    'Where there is no line: sign a request file (.signreq), and bring the answer (.signed) back to the desk.',
  ),
  forStick: w('下载签名器到 U 盘', 'Download the signer for a stick'),
} as const satisfies Record<string, Said>
