/** Every picture of the desk that the documents show: whose page it is, where it stands, and one line about it. A new page is one row. Pure. */

import { administratorGroups } from './picture_rows_administrators.ts'
import { verifierGroup, type Dropped } from './picture_rows_verifier.ts'

/** Whose browser: a .p12 of the demo's, or none. */
export const viewers = {
  visitor: undefined,
  clerk: '区政府办-文书.p12',
  leader: '区政府办-领导.p12',
  recipient: '区财政局-文书.p12',
  officer: '安全员.p12',
  auditor: '审计员.p12',
  administrator: '系统管理员.p12',
} as const satisfies Record<string, string | undefined>
export type Viewer = keyof typeof viewers

export interface PictureRow {
  /** `desk-NAME.png`, `desk-NAME-390.png`. */
  readonly name: string
  readonly who: Viewer
  /**
   * Path and hash. In braces: a piece of a document's title stands for its identifier, `{draft}` for the draft that is being typed,
   * `{request}` for the enrolment that waits, `{unit}` for the first unit, `{certificate}` for the last on the viewer's list, `{seal}` for a seal,
   * `{order}` for the order that the officer proposed, `{ceremony}` for the ceremony that was held.
   */
  readonly path: string
  /** What the page is for, in one line. */
  readonly says: string
  /** Besides Chinese and light: the same at 1366 px in English, or dark. */
  readonly also?: readonly ('en' | 'dark')[]
  /** Of a page of errors. */
  readonly status?: number
  /** Taken of the same box once its issuing authority was rolled over by a ceremony. */
  readonly afterCeremony?: true
  /** The signer is unlocked with this unit's passphrase and secret. */
  readonly unlock?: string
  /** Of the verifier, which is opened from disk: what is dropped on it. */
  readonly drops?: Dropped
}

export interface PictureGroup {
  readonly title: string
  readonly rows: readonly PictureRow[]
}

export const pictureGroups: readonly PictureGroup[] = [
  {
    title: 'Without a certificate',
    rows: [
      {
        name: 'visitor',
        who: 'visitor',
        path: '/',
        says: 'Who has no certificate yet is told how to enrol.',
        also: ['en'],
      },
      {
        name: 'enrol',
        who: 'visitor',
        path: '/signer.html#enrol',
        says: 'Enrolling: the one-time code, then root, passphrase, keys, and the wait for an officer.',
      },
    ],
  },
  {
    title: 'The clerk of the office that sends',
    rows: [
      {
        name: 'today',
        who: 'clerk',
        path: '/',
        says: 'Today: what must be done now, most urgent first, each row with its one next step.',
        also: ['en', 'dark'],
      },
      {
        name: 'outbox',
        who: 'clerk',
        path: '/outbox',
        says: 'Issued documents: how far each has come, who has signed for it, what is overdue.',
      },
      {
        name: 'compose-new',
        who: 'clerk',
        path: '/compose',
        says: 'A new document, and the drafts that were not handed on yet.',
      },
      {
        name: 'compose',
        who: 'clerk',
        path: '/compose/{draft}',
        says: 'Composing: a form that keeps what is typed; lines become paragraphs, headings and tables.',
      },
      {
        name: 'preview',
        who: 'clerk',
        path: '/compose/{draft}?preview#preview',
        says: 'The preview of a draft, as it would be sealed, with what the lint found.',
      },
      {
        name: 'upload',
        who: 'clerk',
        path: '/upload',
        says: 'A finished PDF with its head, inspected before it is kept.',
      },
      {
        name: 'register',
        who: 'clerk',
        path: '/documents/{政务信息资源共享}',
        says: 'An approved document: its number is drawn here.',
      },
      {
        name: 'document',
        who: 'clerk',
        path: '/documents/{大风天气}',
        says: 'A document beside its evidence: is the seal valid, who has signed for it, what happened when.',
        also: ['en', 'dark'],
      },
      {
        name: 'overdue',
        who: 'clerk',
        path: '/documents/{公文办理情况}',
        says: 'The deadline has passed, and two units have not signed for it.',
      },
      {
        name: 'returned',
        who: 'clerk',
        path: '/documents/{农村饮水}',
        says: 'Returned by its main recipient, with the reason.',
      },
      {
        name: 'seal',
        who: 'clerk',
        path: '/signer.html#act=seal&document={会议活动管理}',
        says: 'The signer, locked: what would be sealed, and the key that has to be opened first.',
      },
      {
        name: 'dispatch',
        who: 'clerk',
        path: '/signer.html#act=dispatch&document={基层档案}',
        says: 'The signer, open: the statement that is signed, and until when the key stays open.',
        unlock: '区政府办',
        also: ['en', 'dark'],
      },
      {
        name: 'search',
        who: 'clerk',
        path: '/search?q=%E5%86%9C%E6%9D%91%E9%A5%AE%E6%B0%B4',
        says: 'Finding a document by a phrase of it, within what the unit may see.',
      },
      {
        name: 'certificates',
        who: 'clerk',
        path: '/certificates',
        says: 'The unit’s seal and certificates, and until when they hold.',
      },
      {
        name: 'signed',
        who: 'clerk',
        path: '/signed',
        says: 'What was signed with the signer from disk, away from the box, is taken in here.',
      },
      {
        name: 'verify',
        who: 'clerk',
        path: '/verify',
        says: 'Verifying any sealed PDF or receipt against the box’s root.',
      },
      {
        name: 'preferences',
        who: 'clerk',
        path: '/preferences',
        says: 'Language, light or dark, notifications.',
      },
      { name: 'help', who: 'clerk', path: '/help', says: 'Help on one page, keys included.' },
    ],
  },
  {
    title: 'The leader of the office that sends',
    rows: [
      {
        name: 'leader-today',
        who: 'leader',
        path: '/',
        says: 'The leader’s today: what waits for approval and countersigning.',
      },
      {
        name: 'leader-document',
        who: 'leader',
        path: '/documents/{办公用房}',
        says: 'A draft that waits for approval, laid out as it will look.',
      },
      {
        name: 'approve',
        who: 'leader',
        path: '/signer.html#act=approve&document={办公用房}',
        says: 'Approving: the draft as it will be read, the attachments by hash, the opinion.',
        unlock: '区政府办',
      },
    ],
  },
  {
    title: 'The clerk of a recipient',
    rows: [
      {
        name: 'recipient-today',
        who: 'recipient',
        path: '/',
        says: 'A recipient’s today, the most urgent on top.',
      },
      {
        name: 'inbox',
        who: 'recipient',
        path: '/inbox',
        says: 'Received documents: to be signed for, signed for, returned.',
      },
      {
        name: 'recipient-document',
        who: 'recipient',
        path: '/documents/{大风天气}',
        says: 'Before it is signed for: title, issuer, urgency and number of pages, nothing more.',
      },
      {
        name: 'sign-for',
        who: 'recipient',
        path: '/signer.html#act=sign-for&document={大风天气}',
        says: 'Signing for it: the receipt that the sender and any auditor can check.',
        unlock: '区财政局',
      },
      {
        name: 'recipient-signed',
        who: 'recipient',
        path: '/documents/{启用公文电子交换}',
        says: 'Afterwards: the sealed pages, and the unit’s own receipt.',
      },
    ],
  },
  ...administratorGroups,
  verifierGroup,
  {
    title: 'When something is not possible',
    rows: [
      {
        name: 'wrong-role',
        who: 'auditor',
        path: '/outbox',
        says: 'The wrong role gets a page that says whose it is.',
        status: 403,
      },
      {
        name: 'not-found',
        who: 'clerk',
        path: '/documents/aaaaaaaaaaaaaaaaaaaaaaaaaa',
        says: 'What does not exist, and what is another unit’s, look alike.',
        status: 404,
      },
    ],
  },
]

/** One picture of a row. */
export interface Shot {
  readonly row: PictureRow
  readonly file: string
  readonly width: 1366 | 390
  readonly language: 'zh' | 'en'
  readonly theme: 'light' | 'dark'
}

/** All pictures of a row: wide, narrow, then what else it asks for. */
export function shotsOf(row: PictureRow): Shot[] {
  const shot = (end: string, of: Partial<Shot>): Shot => ({
    ...{ row, width: 1366, language: 'zh', theme: 'light', file: `desk-${row.name}${end}.png` },
    ...of,
  })
  return [
    shot('', {}),
    shot('-390', { width: 390 }),
    ...(row.also ?? []).map((one) =>
      one === 'en' ? shot('-en', { language: 'en' }) : shot('-dark', { theme: 'dark' }),
    ),
  ]
}

/** `docs/pages.md`: every page with its pictures and its line. */
export function pagesDocument(groups: readonly PictureGroup[]): string {
  return `# Pages

Taken from the running product by \`npm run pictures\`: a demo box as \`npm start -- --demo\` fills it, in Chromium, at 1366x768 and 390x844. Made from the table in
\`test/browser/picture_rows.ts\`; a test holds the two together.

${groups.map(groupText).join('\n\n')}
`
}

function groupText({ title, rows }: PictureGroup): string {
  return `## ${title}\n\n${rows.map(rowText).join('\n\n')}`
}

function rowText(row: PictureRow): string {
  const pictures = shotsOf(row).map(
    ({ file, width }) =>
      `<img src="pictures/${file}" alt="${row.says}" width="${width === 390 ? '140' : '480'}">`,
  )
  return `${row.says}\n\n${pictures.join('\n')}`
}
