/** Rows of pictures of the verifier, opened from disk with files of the demo. Pure. */
import type { PictureGroup } from './picture_rows.ts'

/** What is dropped on it: a document of the demo whose title has this piece, as it is or altered, its evidence bundle, the root. */
export interface Dropped {
  readonly document?: string
  readonly as?: 'sealed' | 'altered' | 'bundle'
  readonly root?: 'dropped' | 'compared'
  /** Keys that are pressed then. */
  readonly press?: readonly string[]
}

export const verifierGroup: PictureGroup = {
  title: 'The auditor’s verifier, opened from disk',
  rows: [
    {
      name: 'verifier',
      who: 'clerk',
      path: '/verifier.html',
      says: 'One file, no network: documents, receipts, bundles and the root are dropped here.',
      also: ['en', 'dark'],
      drops: {},
    },
    {
      name: 'verifier-root',
      who: 'clerk',
      path: '/verifier.html',
      says: 'The root is relied upon after its 32 words were compared with the sheet, never for its name.',
      also: ['en'],
      drops: { root: 'dropped' },
    },
    {
      name: 'verifier-passed',
      who: 'clerk',
      path: '/verifier.html',
      says: 'The verdict in a sentence, beside the pages as they were sealed.',
      also: ['en', 'dark'],
      drops: { document: '大风天气', as: 'sealed', root: 'compared' },
    },
    {
      name: 'verifier-revision',
      who: 'clerk',
      path: '/verifier.html',
      says: 'An earlier revision, with frames around what differs from the file as it is.',
      drops: { document: '大风天气', as: 'sealed', root: 'compared', press: ['[', '[', '[', 'n'] },
    },
    {
      name: 'verifier-failed',
      who: 'clerk',
      path: '/verifier.html',
      says: 'A file that was altered: what is shown of it is not to be relied upon.',
      also: ['en'],
      drops: { document: '大风天气', as: 'altered', root: 'compared' },
    },
    {
      name: 'verifier-open',
      who: 'clerk',
      path: '/verifier.html',
      says: 'Without a root nobody can say whose seal it is.',
      drops: { document: '大风天气', as: 'sealed' },
    },
    {
      name: 'verifier-bundle',
      who: 'clerk',
      path: '/verifier.html',
      says: 'An evidence bundle: who has signed for the document, and who has not.',
      also: ['dark'],
      drops: { document: '大风天气', as: 'bundle', root: 'compared' },
    },
  ],
}
