/** The text that lies in an evidence bundle: what is what, and how anyone verifies it without the box. Pure. */

export interface BundleFacts {
  readonly title: string
  readonly number: string | undefined
  readonly districtName: string
  /** Name of the bundle. */
  readonly bundle: string
  /** The PDF's name in it; undefined where it is not in it. */
  readonly pdf: string | undefined
  /** What else is in it. */
  readonly draft: boolean
  readonly attachments: boolean
  readonly statements: boolean
  readonly receipts: boolean
  readonly compromises: boolean
  readonly verifier: boolean
}

/** Chinese first, then English; UTF-8 with a byte order mark and CR LF, so that any editor shows it right. */
export function readmeText(facts: BundleFacts): string {
  const { title, number, districtName } = facts
  const name = [number, title].filter((part) => part !== undefined).join(' ')
  const lines = [name, districtName, '', ...chapter(facts, 'zh'), '', ...chapter(facts, 'en'), '']
  return `\u{feff}${lines.join('\r\n')}`
}

type Language = 'zh' | 'en'
type Text = Readonly<Record<Language, string>>

const headings = {
  what: { zh: '这里有什么', en: 'What is here' },
  how: {
    zh: '怎样验证，不需要印匣，也不需要网络',
    en: 'How to verify it, without the box and without a network',
  },
} as const satisfies Record<string, Text>

const steps: readonly Text[] = [
  {
    zh: '1. 先核对根证书。随文件来的根证书证明不了自己：请把下面的指纹同登记单上的，或从信任的人那里得到的对照。',
    en: '1. Compare the root first. A root that came with the files proves nothing by itself: compare this fingerprint with the one on your enrolment sheet, or from somebody you trust.',
  },
  {
    zh: '2. 再验证整个证据包：每个文件、日志证明、签收是否齐全，一次说清。',
    en: '2. Then verify the whole bundle: every file, the proofs of the journal, and who has signed for it, in one report.',
  },
  {
    zh: '3. 不用印匣的软件也能核对：证据包就是 zip 文件，改名为 .zip 即可解开；解开以后，声明用 openssl 验证（证书过期以后，加 -attime 给出当时的时刻）。',
    en: '3. It can be checked without our software, too: a bundle is a zip file. Unpacked, statements verify with openssl (after the certificates ended, add -attime with a moment of then).',
  },
]

function chapter(facts: BundleFacts, language: Language): string[] {
  const [root, whole, unpacked] = steps.map((step) => step[language])
  const page: Text = {
    zh: '   也可以用浏览器打开 verifier.html，把证据包拖进去。请从您信任的来源取这个页面：随包来的只为方便。',
    en: '   Or open verifier.html in a browser and drop the bundle there. Take that page from where you trust: the one in here is a convenience.',
  }
  return [
    ...[headings.what[language], ''],
    ...contents(facts).map((text) => text[language]),
    ...['', headings.how[language], '', root ?? '', ''],
    '    openssl x509 -in certificates/root.pem -noout -fingerprint -sha256',
    ...['', whole ?? '', ...(facts.verifier ? [page[language]] : []), ''],
    `    sealbox verify "${facts.bundle}" --trust certificates/root.pem`,
    ...['', unpacked ?? '', ''],
    ...byHand(facts).map((line) => `    ${line}`),
  ]
}

function contents(facts: BundleFacts): Text[] {
  const rows: readonly (readonly [boolean, Text])[] = [
    [
      facts.pdf !== undefined,
      {
        zh: '- PDF 是公文本身，盖章之后一个字节也没有变过；用印的每一步都在其中。',
        en: '- The PDF is the document, every byte as it was sealed; each step of sealing is in it.',
      },
    ],
    [
      facts.draft,
      {
        zh: '- draft.json 是签发时的正文。',
        en: '- draft.json is the text as it was approved.',
      },
    ],
    [
      facts.attachments,
      {
        zh: '- attachments 是附件，公文里写明了每个附件的文件名、大小和 SHA-256。',
        en: '- attachments: the document names each by file name, bytes and SHA-256.',
      },
    ],
    [
      facts.statements,
      {
        zh: '- statements 是签发、发出的声明，旁边的 .p7s 是签名和时间戳。',
        en: '- statements: of approving and dispatching; signature and time stamp are in the .p7s beside each.',
      },
    ],
    [
      facts.receipts,
      {
        zh: '- receipts 是签收、退文的声明，旁边的 .p7s 是签名和时间戳。',
        en: '- receipts: of signing for it and returning it; signature and time stamp are in the .p7s beside each.',
      },
    ],
    [
      true,
      {
        zh: '- journal 是日志中关于本文件的条目，以及它们确在日志之中的证明；bundle.json 说明包里有什么。',
        en: "- journal: the journal's entries about this document, with the proofs that they stand in it; bundle.json says what is in here.",
      },
    ],
    [
      true,
      {
        zh: '- certificates 是本区的证书（root.pem 是根证书），revocation 是吊销列表，compromise（若有）是两名安全员关于密钥泄露的声明。',
        en: '- certificates: of the district (root.pem is its root); revocation: lists of revoked ones; compromise, if there: statements of two officers that a key is compromised.',
      },
    ],
    [
      true,
      {
        zh: '- META-INF 是文件清单和印匣对它的签名（ETSI EN 319 162-1，ASiC-E）。',
        en: '- META-INF: the list of files, signed by the box (ETSI EN 319 162-1, ASiC-E).',
      },
    ],
  ]
  return rows.filter(([isThere]) => isThere).map(([, text]) => text)
}

function byHand(facts: BundleFacts): string[] {
  const { pdf, draft, attachments, statements, receipts, compromises } = facts
  const beside = `${attachments ? ' --attachments attachments' : ''}${draft ? ' --draft draft.json' : ''}`
  const signed = [
    ...(statements ? ['statements/*.json'] : []),
    ...(receipts ? ['receipts/*.json'] : []),
  ]
  const trust = `--trust certificates/root.pem${compromises ? ' --statements compromise' : ''}`
  return [
    ...(pdf === undefined ? [] : [`sealbox verify "${pdf}" ${trust}${beside}`]),
    ...(signed.length === 0
      ? []
      : [
          `sealbox verify ${signed.join(' ')} ${trust}`,
          'openssl cms -verify -cades -binary -purpose any -inform DER -in NAME.json.p7s -content NAME.json -CAfile certificates/root.pem -out /dev/null',
        ]),
  ]
}
