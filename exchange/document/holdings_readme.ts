/** The text that lies beside what a unit took away: what is what, and how anyone verifies it without the box. Pure. */

export interface HoldingsFacts {
  readonly title: string
  readonly number: string | undefined
  readonly districtName: string
  /** The PDF's name in the zip; undefined where there is none yet. */
  readonly pdf: string | undefined
  /** What else is in it. */
  readonly draft: boolean
  readonly attachments: boolean
  readonly statements: boolean
  readonly receipts: boolean
  readonly compromises: boolean
}

/** Chinese first, then English; UTF-8 with a byte order mark and CR LF, so that any editor shows it right. */
export function readmeText(facts: HoldingsFacts): string {
  const { title, number, districtName } = facts
  const name = [number, title].filter((part) => part !== undefined).join(' ')
  const lines = [
    ...[name, districtName, '', '这里有什么', ''],
    ...contents(facts, 'zh'),
    ...['', '怎样验证，不需要印匣，也不需要网络', ''],
    '1. 先核对根证书。随文件来的根证书证明不了自己：请把下面的指纹同登记单上的，或从信任的人那里得到的对照。',
    ...[
      '',
      fingerprint,
      '',
      '2. 再验证文件。声明也可以只用 openssl；证书过期以后，加 -attime 给出当时的时刻。',
    ],
    ...['', ...verifying(facts), '', '', 'What is here', ''],
    ...contents(facts, 'en'),
    ...['', 'How to verify it, without the box and without a network', ''],
    '1. Compare the root first. A root that came with the files proves nothing by itself: compare this fingerprint with the one on your enrolment sheet, or from somebody you trust.',
    ...[
      '',
      fingerprint,
      '',
      '2. Then verify the files. Statements verify with openssl alone, too; after the certificates ended, add -attime with a moment of then.',
    ],
    ...['', ...verifying(facts), ''],
  ]
  return `\u{feff}${lines.join('\r\n')}`
}

const fingerprint = '    openssl x509 -in root.pem -noout -fingerprint -sha256'

function contents(facts: HoldingsFacts, language: 'zh' | 'en'): string[] {
  const zh = language === 'zh'
  return [
    facts.pdf !== undefined &&
      (zh
        ? '- PDF 是公文本身，盖章之后一个字节也没有变过。'
        : '- The PDF is the document, every byte as it was sealed.'),
    facts.draft &&
      (zh ? '- draft.json 是签发时的正文。' : '- draft.json is the text as it was approved.'),
    facts.attachments &&
      (zh
        ? '- attachments 是附件，公文里写明了每个附件的文件名、大小和 SHA-256。'
        : '- attachments: the document names each by file name, bytes and SHA-256.'),
    facts.statements &&
      (zh
        ? '- statements 是签发、发出的声明，旁边的 .p7s 是签名和时间戳。'
        : '- statements: of approving and dispatching; signature and time stamp are in the .p7s beside each.'),
    facts.receipts &&
      (zh
        ? '- receipts 是签收、退文的声明，旁边的 .p7s 是签名和时间戳。'
        : '- receipts: of signing for it and returning it; signature and time stamp are in the .p7s beside each.'),
    facts.compromises &&
      (zh
        ? '- compromise 是两名安全员关于密钥泄露的声明，验证时一并给出。'
        : '- compromise: statements of two officers that a key is compromised, to be given when verifying.'),
    zh
      ? '- root.pem 是本区的根证书，issuing.pem 是签发机构的证书。'
      : '- root.pem is the root certificate of the district, issuing.pem that of its issuing authority.',
  ].filter((line) => line !== false)
}

function verifying({
  pdf,
  draft,
  attachments,
  statements,
  receipts,
  compromises,
}: HoldingsFacts): string[] {
  const beside = `${attachments ? ' --attachments attachments' : ''}${draft ? ' --draft draft.json' : ''}`
  const stated = compromises ? ' --statements compromise' : ''
  const signed = [statements && ' statements/*.json', receipts && ' receipts/*.json']
    .filter((path) => path !== false)
    .join('')
  return [
    ...(pdf === undefined ? [] : [`sealbox verify "${pdf}" --trust root.pem${beside}${stated}`]),
    ...(signed === ''
      ? []
      : [
          `sealbox verify${signed} --trust root.pem${stated}`,
          'openssl cms -verify -cades -binary -purpose any -inform DER -in NAME.json.p7s -content NAME.json -CAfile root.pem -out /dev/null',
        ]),
  ].map((line) => `    ${line}`)
}
