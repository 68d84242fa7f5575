/** The PDF file format, for other folders of this room. Pure and isomorphic: no `node:` module, no I/O, so that `exchange/verify` may use it in a browser. */
export * from './document.ts'
export * from './limits.ts'
export * from './objects.ts'
export * from './pages.ts'
export * from './revisions.ts'
export * from './signatures.ts'
export type { XrefEntry, XrefKind, XrefSection } from './xref.ts'
