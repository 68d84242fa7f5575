/**
 * What a painted PDF says of itself: document information, XMP, catalogue and identifier. It names the hash of the approved draft and each attachment before any
 * seal is set, so that the seal covers them. Pure.
 *
 * ISO 32000-1 14.3 (metadata), 14.4 (file identifiers); `docs/formats/draft.md`.
 */
import { type PDFContext, PDFHexString, PDFName, type PDFRef, PDFString } from 'pdf-lib'
import { sha256, toHex, utf8 } from '../../ca/index.ts'
import type { Attachment } from '../draft/schema.ts'

/** Facts for the metadata. */
export interface PaintInfo {
  title: string
  /** The issuing organs, lead first. */
  author: string
  /** 发文字号 as painted, where it is drawn. */
  number?: string
  /** 成文日期, ISO day. */
  date?: string
  /** SHA-256 of the approved form of the draft (`draftHash`). */
  draftHash?: string
  attachments: readonly Pick<Attachment, 'name' | 'fileName' | 'bytes' | 'sha256'>[]
}

/** Keys of ours in the information dictionary. */
export const infoKeys = { draft: 'SealboxDraftSHA256', attachments: 'SealboxAttachments' } as const

const producer = 'Sealbox'

/** Adds catalogue, information, XMP and identifier to the file; `content` only makes the identifier its own. */
export function attachInfo(
  context: PDFContext,
  options: { tree: PDFRef; info: PaintInfo; content: unknown },
): void {
  const { tree, info, content } = options
  const metadata = context.stream(utf8(xmp(info)), { Type: 'Metadata', Subtype: 'XML' })
  context.trailerInfo.Root = context.register(
    context.obj({
      Type: 'Catalog',
      Version: '1.7',
      Pages: tree,
      Lang: PDFString.of('zh-CN'),
      Metadata: context.register(metadata),
      ViewerPreferences: { DisplayDocTitle: true },
    }),
  )
  context.trailerInfo.Info = context.register(context.obj(information(info)))
  const id = PDFHexString.of(toHex(sha256(utf8(JSON.stringify([info, content])))).slice(0, 32))
  context.trailerInfo.ID = context.obj([id, id])
}

function information(info: PaintInfo) {
  const text = (value: string) => PDFHexString.fromText(value)
  const day = info.date?.replaceAll('-', '')
  return {
    Title: text(info.title),
    Author: text(info.author),
    ...(info.number === undefined ? {} : { Subject: text(info.number) }),
    Producer: text(producer),
    ...(day === undefined ? {} : { CreationDate: PDFString.of(`D:${day}000000+08'00'`) }),
    ...(info.draftHash === undefined ? {} : { [infoKeys.draft]: text(info.draftHash) }),
    ...(info.attachments.length === 0
      ? {}
      : { [infoKeys.attachments]: text(JSON.stringify(info.attachments)) }),
    Trapped: PDFName.of('False'),
  }
}

function xmp(info: PaintInfo): string {
  const attachments = info.attachments.map(
    ({ name, fileName, bytes, sha256: hash }) =>
      `<rdf:li rdf:parseType="Resource"><sealbox:name>${escape(name)}</sealbox:name>` +
      `<sealbox:fileName>${escape(fileName)}</sealbox:fileName>` +
      `<sealbox:bytes>${String(bytes)}</sealbox:bytes><sealbox:sha256>${hash}</sealbox:sha256></rdf:li>`,
  )
  const fields = [
    `<dc:format>application/pdf</dc:format>`,
    `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escape(info.title)}</rdf:li></rdf:Alt></dc:title>`,
    `<dc:creator><rdf:Seq><rdf:li>${escape(info.author)}</rdf:li></rdf:Seq></dc:creator>`,
    `<pdf:Producer>${producer}</pdf:Producer>`,
    ...(info.number === undefined ? [] : [`<dc:identifier>${escape(info.number)}</dc:identifier>`]),
    ...(info.date === undefined
      ? []
      : [`<xmp:CreateDate>${info.date}T00:00:00+08:00</xmp:CreateDate>`]),
    ...(info.draftHash === undefined
      ? []
      : [`<sealbox:draftSha256>${info.draftHash}</sealbox:draftSha256>`]),
    ...(attachments.length === 0
      ? []
      : [`<sealbox:attachments><rdf:Seq>${attachments.join('')}</rdf:Seq></sealbox:attachments>`]),
  ]
  return (
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>\n' +
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" ' +
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:sealbox="urn:sealbox:document:1">\n' +
    `${fields.join('\n')}\n</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>`
  )
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
