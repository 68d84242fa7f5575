/** Seals (PAdES), for other folders of this room: prepare, complete, add evidence. */
export * from './baseline.ts'
export * from './complete.ts'
export * from './document_timestamp.ts'
export * from './dss.ts'
export { openSource, type PdfSource } from './field.ts'
export * from './mark.ts'
export * from './marks.ts'
export * from './prepare.ts'
