/** What the verifier says around a report and its pages. The words of verdicts and findings stand in `exchange/verify`. */
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

export const report = {
  trial: w('试用 TRIAL', 'TRIAL 试用'),
  save: w('保存结果（JSON）', 'Save the results (JSON)'),
  saveHint: w(
    '与 sealbox verify --json 的输出逐字节相同',
    'Byte for byte what sealbox verify --json prints',
  ),
  print: w('打印报告', 'Print the report'),
  noRoot: w(
    '还没有选定根证书，所以不知道印章是不是真的。请先核对指纹。',
    'No root is chosen yet, so nobody can say whose seal this is. Compare a fingerprint first.',
  ),
  sealed: (names: string, time: string): Words =>
    w(`由${names}用印，时间戳 ${time}。`, `Sealed by ${names}, stamped ${time}.`),
  sealedUnstamped: (names: string): Words =>
    w(`由${names}用印，没有可信的时间戳。`, `Sealed by ${names}, without a timestamp that holds.`),
  signed: (names: string, time: string): Words =>
    w(`由${names}签署，时间戳 ${time}。`, `Signed by ${names}, stamped ${time}.`),
  signedUnstamped: (names: string): Words =>
    w(`由${names}签署，没有可信的时间戳。`, `Signed by ${names}, without a timestamp that holds.`),
  until: (time: string): Words =>
    w(
      `凭所附证据可证明至 ${time}，届时须续期。`,
      `The evidence holds until ${time}; it must be renewed by then.`,
    ),
  seals: w('印章和签名', 'Seals and signatures'),
  seal: w('印章', 'Seal'),
  statement: w('声明', 'Statement'),
  signature: w('签名', 'Signature'),
  signer: w('签署者', 'Signed by'),
  unknown: w('不知是谁', 'nobody known'),
  level: w('级别', 'Level'),
  claimed: w('自称时间', 'Claimed time'),
  claimedWhy: w('只是签署者自己说的', 'on the word of the signer alone'),
  proven: w('经证明不晚于', 'Proven by'),
  stamps: {
    signature: w('签名时间戳', 'Signature timestamp'),
    document: w('文档时间戳', 'Document timestamp'),
    token: w('时间戳', 'Timestamp'),
  },
  chain: w('证书链', 'Chain'),
  allows: w('盖章后允许', 'Allowed after it'),
  docMdp: {
    1: w('什么都不允许', 'nothing'),
    2: w('填表和再盖章', 'filling in forms and further seals'),
    3: w('批注、填表和再盖章', 'notes, forms and further seals'),
  },
  locks: w('锁定的域', 'Fields it locks'),
  coversNot: w('没有覆盖当时的整个文件', 'does not cover the whole file as it was then'),
  details: w('细节', 'Details'),
  findings: w('对整个文件', 'Of the file as a whole'),
  revisions: w('逐次修订', 'Revision by revision'),
  revision: (number: number): Words => w(`修订 ${String(number)}`, `Revision ${String(number)}`),
  original: w('最初的内容', 'The first content'),
  nothing: w('没有改动先前已签的内容', 'changed nothing of what was signed before'),
  effects: {
    permitted: w('允许', 'permitted'),
    damaged: w('损坏', 'damaged'),
    forbidden: w('不允许', 'forbidden'),
  },
  page: (number: number): Words => w(`第 ${String(number)} 页`, `page ${String(number)}`),
  look: w('查看', 'Look at it'),
  conformance: w('格式规范', 'Conformance of format'),
  conformanceWhy: w(
    '是否合乎 PAdES 等规范的写法，与印章真伪无关。',
    'Whether it is written as PAdES and its kin say; apart from whether it is genuine.',
  ),
  conforms: w('没有发现不合规范之处。', 'Nothing found that departs from them.'),
  receipts: w('签收情况', 'Who has signed for it'),
  signedFor: (done: number, all: number): Words =>
    w(
      `应签收 ${String(all)} 个，已签收 ${String(done)} 个`,
      `${String(done)} of ${String(all)} signed for it`,
    ),
  missing: w('尚未签收：', 'Missing: '),
  returned: w('已退文：', 'Returned by: '),
  provenWhole: w(
    '日志密钥签名证明：到包内树头为止没有别的签收或退文。',
    'Signed by the key of the journal: up to the head in the bundle there is no other answer.',
  ),
  notProvenWhole: w(
    '没有证明这就是全部：可能还有别的签收或退文。',
    'Nothing proves that this is all: there may be other answers.',
  ),
  inside: w('证据包里的文件', 'Files of the bundle'),
  journal: (size: number, entries: number): Words =>
    w(
      `日志共 ${String(size)} 条，其中关于此文的 ${String(entries)} 条已证明在内。`,
      `The journal has ${String(size)} entries; ${String(entries)} about this document are proven to stand in it.`,
    ),
  noJournal: w('没有日志密钥签名的树头。', 'There is no head signed by the key of the journal.'),
  heads: w('日志树头比对', 'Heads of the journal compared'),
  headsAgreed: (agreed: number, all: number): Words =>
    w(
      `${String(all)} 个树头，${String(agreed)} 个证明同属一本日志`,
      `${String(agreed)} of ${String(all)} heads are proven to be of one journal`,
    ),
  journalSize: (size: number): Words =>
    w(`所给日志共 ${String(size)} 条`, `The journal that was given has ${String(size)} entries`),
  fork: (size: number): Words => w(`分叉于 ${String(size)} 条`, `fork at ${String(size)}`),
  renewals: w('证据记录续期', 'Renewed by evidence records'),
  time: w('时间由谁证明', 'Who vouches for the time'),
  attested: {
    'BOX-ATTESTED': w('只有本平台自己', 'the box alone (BOX-ATTESTED)'),
    WITNESSED: w('另有单位见证', 'another unit as well (WITNESSED)'),
  },
  about: w('关于这次验证', 'About this verification'),
  file: w('文件', 'File'),
  size: w('大小', 'Size'),
  hash: w('SHA-256', 'SHA-256'),
  at: w('验证时刻', 'Moment of validation'),
  by: w('根证书', 'Root certificate'),
  byNone: w('没有选定', 'none chosen'),
  command: w('命令行同样的验证', 'The same on the command line'),
  severities: {
    error: w('错误', 'error'),
    warning: w('提醒', 'note'),
    info: w('说明', 'info'),
  },
  printedBy: w('印匣验证器出具，未联网', 'Made by the Sealbox verifier, without a network'),
} as const satisfies Record<string, Said | Readonly<Record<string | number, Words>>>

export const pages = {
  title: w('页面', 'Pages'),
  unverified: w(
    '此文件没有通过验证：下面显示的内容不可信，仅供查看。',
    'This file did not pass: what is shown below is not to be relied upon.',
  ),
  revision: w('修订', 'Revision'),
  last: w('文件现状', 'The file as it is'),
  sealedBy: (name: string): Words => w(`${name}盖章时`, `as sealed by ${name}`),
  signedNow: w('即文件现状', 'the file as it is'),
  earlier: w('上一修订', 'Previous revision'),
  later: w('下一修订', 'Next revision'),
  pageOf: (page: number, of: number): Words =>
    w(`第 ${String(page)} / ${String(of)} 页`, `Page ${String(page)} of ${String(of)}`),
  back: w('上一页', 'Previous page'),
  next: w('下一页', 'Next page'),
  smaller: w('缩小', 'Smaller'),
  larger: w('放大', 'Larger'),
  mark: w('标出与现状的不同', 'Mark what differs from now'),
  same: w('这一页与文件现状相同', 'This page is the same as in the file now'),
  differs: (count: number): Words =>
    w(
      `这一页与文件现状有 ${String(count)} 处不同，已框出`,
      `This page differs from the file now in ${String(count)} places, framed`,
    ),
  pageGone: w('文件现状没有这一页', 'The file as it is has no such page'),
  noSuchPage: w('这一修订没有这一页', 'This revision has no such page'),
  notDrawable: w(
    '这一页显示不出来。验证结论不受影响。',
    'This page cannot be shown. The verdict does not depend on it.',
  ),
  tooLong: w(
    '这一页十五秒没有画完，已停止。验证结论不受影响。',
    'This page was not drawn within fifteen seconds. The verdict does not depend on it.',
  ),
  drawing: w('正在画这一页…', 'Drawing the page…'),
  picture: (page: number): Words =>
    w(`第 ${String(page)} 页的图`, `Picture of page ${String(page)}`),
  frame: w('页面，可滚动', 'The page, scrolls'),
  caution: w(
    '图由本页内的 PDFium 画出，脚本一律不运行；判断以结论为准。',
    'Drawn by PDFium inside this page; scripts in the file never run. What counts is the verdict.',
  ),
} as const satisfies Record<string, Said>
