/**
 * Upper bounds of the PDF reader: what a person's official document never reaches and a hostile file always tries. Each can be lowered by the
 * caller of `readPdf`. Reference points are ISO 32000-1 Annex C and the biggest files seen in practice.
 */
export const pdfLimits = {
  /** Whole file: scans of long annexes stay below. */
  maxFileBytes: 100 * 1024 * 1024,
  /** Cross-reference entries of all revisions together; a thousand pages need about 20,000. */
  maxObjects: 200_000,
  /** Highest object number (ISO 32000-1 Annex C.2: 8,388,607). */
  maxObjectNumber: 8_388_607,
  /** Arrays and dictionaries inside each other, and levels of a page or field tree. */
  maxDepth: 100,
  /** References that lead to references. */
  maxReferenceHops: 32,
  /** One string, decoded; the greatest are signatures of a few hundred kilobytes. */
  maxStringBytes: 4 * 1024 * 1024,
  /** One name; ISO 32000-1 Annex C.2 says 127. */
  maxNameBytes: 1024,
  /** Elements or keys of one array or dictionary. */
  maxItems: 500_000,
  /** Values in one numbered object, with those inside each other: lists of a thousand widths stay far below, and memory below 30 MB. */
  maxValues: 200_000,
  /** Values kept in memory; beyond that objects are forgotten and read again when asked for. */
  maxValuesKept: 250_000,
  /** One cross-reference or object stream, decoded; those of honest files hold some 200 objects. */
  maxDecodedBytes: 16 * 1024 * 1024,
  /** All cross-reference and object streams of a file, decoded. */
  maxDecodedBytesInAll: 32 * 1024 * 1024,
  /** Syntax read in all, without the data of streams: what a second is enough for. */
  maxParsedBytes: 24 * 1024 * 1024,
  /** Revisions (incremental updates): 91 seals and their evidence need about 200. */
  maxRevisions: 1000,
  /** Leaves of the page tree. */
  maxPages: 20_000,
  /** Form fields. */
  maxFields: 20_000,
} as const

/** The same bounds as plain numbers, for a caller that wants lower ones. */
export type PdfLimits = Readonly<Record<keyof typeof pdfLimits, number>>
