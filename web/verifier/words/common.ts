/** What the verifier says: its frame, files, root and moment. The words of verdicts and findings stand in `exchange/verify`. */
import type { Words } from '../../one_file/language.ts'
import { w, type Said } from '../../one_file/say.ts'

export const common = {
  verifier: w('验证器', 'Verifier'),
  product: w('印匣', 'Sealbox'),
  skip: w('跳到结果', 'Skip to the result'),
  otherLanguage: w('English', '中文'),
  switchLanguage: w('Switch to English', '切换到中文'),
  offline: w('离线 · 不作任何网络连接', 'Offline · connects to nothing'),
  offlineWhy: w(
    '本页不作任何网络连接，也不保存任何东西：关闭后，文件内容不留在浏览器里。',
    'This page connects to nothing and keeps nothing: when it is closed, nothing of the files stays in the browser.',
  ),
  keys: w('快捷键', 'Keys'),
  keysText: w(
    'O 选择文件 · J / K 下一个、上一个文件 · [ / ] 上一修订、下一修订 · N / P 下一页、上一页 · + / − 缩放 · D 标出不同 · S 保存结果',
    'O choose files · J / K next, previous file · [ / ] previous, next revision · N / P next, previous page · + / − zoom · D mark what differs · S save the results',
  ),
  unexpected: w(
    '本页程序出错。请重新打开本页再试；对文件不作任何结论。',
    'This page itself failed. Open it anew and try again; nothing is said of the files.',
  ),
  setUp: w('验证依据', 'What is judged by'),
} as const satisfies Record<string, Said>

export const files = {
  title: w('文件', 'Files'),
  drop: w('把文件或文件夹拖到这里，或点击选择', 'Drop files or folders here, or click to choose'),
  folder: w('选择文件夹', 'Choose a folder'),
  dropMore: w('再加文件', 'Add files'),
  which: w(
    '盖章的 PDF；回执等声明（.json 连同 .json.p7s）；证据包；证据记录；时间戳；泄密声明；日志段（.seg）；根证书',
    'Sealed PDFs; receipts and other statements (.json with .json.p7s); evidence bundles; evidence records; time-stamp tokens; statements of compromise; journal segments (.seg); root certificates',
  ),
  none: w('还没有文件。', 'No files yet.'),
  clear: w('清空', 'Clear'),
  tooMany: (max: number): Words =>
    w(
      `一次最多 ${String(max)} 个文件，其余没有取。更多的请分批，或用命令行 sealbox verify。`,
      `At most ${String(max)} files at once; the rest was left out. Take more in parts, or use the command line, sealbox verify.`,
    ),
  nothing: w('拖进来的里面没有文件。', 'There is no file in what was dropped.'),
  notPassed: (count: number): Words =>
    w(`${String(count)} 个没有验完`, `${String(count)} not judged to the end`),
  all: w('全部', 'All'),
  more: (count: number): Words => w(`再显示 ${String(count)} 个`, `Show ${String(count)} more`),
  judging: (done: number, all: number): Words =>
    w(
      `正在验证，已完成 ${String(done)} / ${String(all)}`,
      `Verifying, ${String(done)} of ${String(all)} done`,
    ),
  stop: w('停止', 'Stop'),
  again: w('重新验证', 'Verify again'),
  waiting: w('等待验证', 'Waiting'),
  now: w('正在验证', 'Being verified'),
  attachments: w('附件', 'Attachments'),
  attachmentsHow: w(
    '与盖章 PDF 载明的附件逐个核对',
    'Compared with those that the sealed PDF names',
  ),
  attachmentsTaken: (count: number): Words =>
    w(`已取 ${String(count)} 个附件`, `${String(count)} attachments taken`),
  beside: w('连同', 'with'),
} as const satisfies Record<string, Said>

/** Why there is no report on a file. */
export const outcomes = {
  unreadable: w(
    '浏览器读不到这个文件：可能已被移动、删除，或没有权限。对它不作任何结论。',
    'The browser cannot read this file: it may have been moved or deleted, or reading it is not permitted. Nothing is said of it.',
  ),
  broken: w(
    '验证这个文件时程序中断，其他文件不受影响。对它不作任何结论，不能当作通过。',
    'The verification of this file broke off; other files are not affected. Nothing is said of it: do not take it for passed.',
  ),
  'too-long': w(
    '这个文件五分钟没有验完，已经停止。对它不作任何结论，不能当作通过。',
    'This file was not done in five minutes and was stopped. Nothing is said of it: do not take it for passed.',
  ),
  'called-off': w('没有验证：已停止。', 'Not verified: it was stopped.'),
} as const satisfies Record<string, Words>

export const root = {
  title: w('根证书', 'Root certificate'),
  none: w(
    '还没有选定。没有它只能看内容是否改动，不能看是谁盖的章。',
    'Not chosen yet. Without it only changes of the content can be found, not whose seal it is.',
  ),
  typed: w('指纹，或 32 个词', 'Fingerprint, or the 32 words'),
  typedHint: w(
    '照印发的纸质材料输入或粘贴，中英文词都可以',
    'As on the printed sheet, typed or pasted; words of either language',
  ),
  begun: (bytes: number): Words =>
    w(`已输入 ${String(bytes)} / 32`, `${String(bytes)} of 32 so far`),
  wrong: (at: string): Words =>
    w(`“${at}”不是指纹，也不在词表里`, `“${at}” is neither hexadecimal nor a word of the list`),
  fits: w('指纹一致，已选定。', 'The fingerprint fits: chosen.'),
  awaits: w(
    '已记下。把根证书文件拖进来，指纹一致就选定。',
    'Noted. Drop the root certificate: if its fingerprint is this one, it is chosen.',
  ),
  noneFits: w(
    '指纹不一致：拖进来的根证书都不是这个指纹。不要采用，请与发放材料的人核实。',
    'It does not fit: no root that was dropped has this fingerprint. Do not use them; ask who gave you the sheet.',
  ),
  compare: w('核对根证书的指纹', 'Compare the fingerprint of the root'),
  compareWhy: w(
    '谁都可以做一张同名的证书，只有指纹不能伪造。请拿密钥仪式记录或印发的纸质材料，把下面 32 个词逐个核对。',
    'Anybody can make a certificate of the same name; only its fingerprint cannot be forged. Take the minutes of the ceremony or the printed sheet and compare these 32 words one by one.',
  ),
  namesake: w(
    '注意：有另一张同名的根证书，指纹不同。其中至少一张不是你要的。',
    'Beware: there is another root of the same name with another fingerprint. At least one of them is not yours.',
  ),
  same: w('32 个词与纸上的完全相同', 'All 32 words are the same as on paper'),
  discard: w('不采用', 'Do not use it'),
  confirmed: w('已核对指纹', 'Fingerprint compared'),
  undo: w('不再信任', 'Trust it no longer'),
  choose: w('选择根证书文件', 'Choose the file of the root'),
  another: w('输入指纹，或再加根证书', 'Type a fingerprint, or add a root'),
  goCompare: w('去核对', 'Compare'),
  unconfirmed: w('未核对，不作为依据', 'Not compared: not relied upon'),
  words: w('指纹的 32 个词', 'The 32 words of the fingerprint'),
  fingerprint: w('指纹', 'Fingerprint'),
  holds: w('有效期', 'Valid'),
  noCertificate: w('里面没有根证书。', 'There is no root certificate in it.'),
} as const satisfies Record<string, Said>

export const moment = {
  title: w('验证时刻', 'Moment of validation'),
  now: w('现在', 'Now'),
  isNow: w('按现在', 'As of now'),
  asOf: w('按所选时刻', 'As of the chosen moment'),
  field: w('日期和时间', 'Date and time'),
  invalid: w('请填完整的日期和时间', 'Give a whole date and time'),
} as const satisfies Record<string, Said>

export const welcome = {
  title: w('这份公文是真的吗？', 'Is this document genuine?'),
  lead: w(
    '印章是谁的、何时盖的、内容改没改：在这台电脑上就能验，不联网，也不必相信任何人。',
    'Whose seal it is, when it was put there, whether anything was changed: checked on this very computer, without a network and without trusting anybody.',
  ),
  steps: [
    w(
      '把文件拖进来，根证书（root.pem）也一起拖。',
      'Drop the files, and the root certificate (root.pem) with them.',
    ),
    w(
      '拿纸质材料核对根证书的指纹，这一步不能省。',
      'Compare the fingerprint of the root with the printed sheet. This step cannot be skipped.',
    ),
    w(
      '读结论，逐次查看盖章时的页面。',
      'Read the verdict, and look at the pages as they were sealed.',
    ),
  ],
} as const
