/** One entry: what it means, its canonical bytes, and the proof that it stands in the journal, to be checked by hand. */
import {
  canonicalJson,
  parseCheckpoint,
  toHex,
  toPem,
  type Entry,
  type Json,
  type JsonObject,
} from '../../../ca/index.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Parts, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { factList, hrefOf } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames, type HolderNames } from '../holders.ts'
import { entryMeanings } from './entry_meanings.ts'
import { detailWords, isEntryType, subjectWords, typeWords } from './entry_words.ts'
import { holdersIn } from './journal.ts'
import { proofScript, proofSteps, type EntryProof } from './proof_text.ts'

export async function entryPage(request: Request): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const entry = await entryAt(request)
  const [names, proof] = await Promise.all([
    holderNames({ ...parts, view }, holdersIn(entry)),
    proofOf(parts, entry),
  ])
  const { index, type } = entry
  const detail = detailWords({ view, entry, names })
  return show(request, {
    title: w(`日志第 ${String(index)} 条`, `Entry ${String(index)}`),
    acts: neighbours(view, index, parts.journal.size),
    main: html`<p class="crumb links">
        <a href="/journal">${w('日志', 'Journal')}</a> ›
        ${w(`第 ${String(index)} 条`, `entry ${String(index)}`)}
      </p>
      <h1>${typeWords(view, type)}</h1>
      <p class="sub">
        ${detail !== '' && html`${detail}<br />`}${isEntryType(type) && w(...entryMeanings[type])}
      </p>
      ${facts(view, entry, names)} ${bundleLink(view, entry)}
      <section class="section">
        <h2>${w('原文', 'The entry itself')}</h2>
        <p class="hint">
          ${w('规范 JSON（RFC 8785），一行，末尾没有换行；它的哈希是树上的一片叶。', 'Canonical JSON (RFC 8785), one line without a line feed; its hash is a leaf of the tree.')}
        </p>
        <pre>${proof.json}</pre>
      </section>
      ${proofSection(view, entry, proof)}`,
  })
}

/** Of a document that was dispatched: who has signed for it, with proofs, without its content. */
function bundleLink({ w }: View, { type, subject }: Entry): Html | undefined {
  const [, id] = /^document:([a-z2-7]{26})$/.exec(subject) ?? []
  const isSince = ['document.dispatched', 'document.received', ...answerTypes].includes(type)
  if (id === undefined || !isSince) return undefined
  return html`<p class="links">
    <a class="btn" href="/journal/documents/${id}/bundle.asice"
      >${w('证据包（不含内容）', 'Evidence bundle, without content')}</a
    >
    <span class="hint"
      >${w('发出声明、签收回执和日志证明；离线用 sealbox verify 或验证页核对。', 'Dispatch statement, receipts and proofs of the journal; verified offline with sealbox verify or the verifier’s page.')}</span
    >
  </p>`
}

const answerTypes = ['document.receipted', 'document.returned']

/** The script that checks the entry, as a file. */
export async function entryProofFile(request: Request): Promise<Answer> {
  const entry = await entryAt(request)
  return {
    type: 'text/plain; charset=utf-8',
    bytes: proofScript(await proofOf(request.parts, entry)),
    fileName: `entry-${String(entry.index)}.sh`,
  }
}

async function entryAt({ parts, params }: Request): Promise<Entry> {
  const { index = '' } = params
  const found = /^(0|[1-9]\d{0,14})$/.test(index)
    ? await parts.journal.entry(Number(index))
    : undefined
  if (found === undefined) throw new WebError('ROUTE_UNKNOWN', 'there is no such entry')
  return found
}

type WholeProof = EntryProof & { readonly size: number }

async function proofOf({ journal, box }: Parts, entry: Entry): Promise<WholeProof> {
  const checkpoint = await box.checkpoint()
  const { size, rootHash } = parseCheckpoint(checkpoint)
  const proof = await journal.inclusionProof(entry.index, size)
  return {
    json: new TextDecoder().decode(canonicalJson(entry)),
    steps: proofSteps({ index: entry.index, size, proof }),
    ...{ size, rootHash, checkpoint },
    certificate: toPem('CERTIFICATE', box.journalCertificate),
  }
}

function neighbours({ w }: View, index: number, size: number): Html {
  return html`${index > 0 && html`<a class="btn" href="/journal/${index - 1}" rel="prev">${w('前一条', 'Before')}</a>`}${
    index + 1 < size &&
    html`<a class="btn" href="/journal/${index + 1}" rel="next">${w('后一条', 'After')}</a>`
  }`
}

function facts(view: View, entry: Entry, names: HolderNames): Html {
  const { w } = view
  const { time, timeUnconfirmed, actor, subject, type, files } = entry
  const { holder, certificate } = actor
  const about = subjectWords(subject, names)
  return factList([
    [
      w('时间', 'Time'),
      html`${view.exact(time)}
        <span class="hash">${time}</span
        >${timeUnconfirmed === true && html` <b>${w('时间未经确认', 'time unconfirmed')}</b>`}`,
    ],
    [
      w('谁', 'Who'),
      html`<a href="${hrefOf('/journal', { holder })}">${names(holder)}</a> <code>${holder}</code>`,
    ],
    [
      w('所持证书', 'Certificate shown'),
      certificate === null
        ? w('没有', 'none')
        : html`<a href="${hrefOf('/journal', { subject: `certificate:${certificate}` })}"
            ><code>${certificate}</code></a
          >`,
    ],
    [
      w('对象', 'To what'),
      html`<a href="${hrefOf('/journal', { subject })}">${about}</a>
        ${about !== subject && html`<code>${subject}</code>`}`,
    ],
    [w('类型', 'Type'), html`<code>${type}</code>`],
    [
      w('文件', 'Files'),
      files.length > 0 &&
        files.map((file) => html`<div>${fileWords(view, entry, file)} <code>${file}</code></div>`),
    ],
  ])
}

const fileTable: Readonly<Record<string, readonly [string, string]>> = {
  statement: ['声明', 'statement'],
  signature: ['签名', 'signature'],
  file: ['PDF 文件', 'PDF'],
  draft: ['稿件', 'draft'],
  head: ['文件头', 'head'],
  approvedHash: ['签发所指', 'what is approved'],
  sha256: ['附件', 'attachment'],
  request: ['申请', 'request'],
  proofs: ['持钥证明', 'proofs of possession'],
  keyFile: ['密钥文件（已包裹）', 'wrapped keys'],
}

/** What a file is, by the member of the data that names it. */
function fileWords({ w }: View, { data }: Entry, file: string): string {
  const name = memberNaming(data, file)
  const words = name === undefined ? undefined : fileTable[name]
  return words === undefined ? w('文件', 'file') : w(...words)
}

function memberNaming(value: Json, wanted: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value as JsonObject)) {
    if (inner === wanted) return name
    const found = memberNaming(inner, wanted)
    if (found !== undefined) return found
  }
  return undefined
}

function proofSection(view: View, entry: Entry, proof: WholeProof): Html {
  const { w } = view
  const { size, steps, rootHash } = proof
  const path = steps
    .map(({ side, hash }) => `${side === 'left' ? 'L' : 'R'} ${toHex(hash)}\n`)
    .join('')
  return html`<section class="section">
    <h2>${w('存在证明', 'Proof of inclusion')}</h2>
    <p>
      ${w(`从本条到 ${String(size)} 条的树头，经过 ${String(steps.length)} 个相邻哈希（L 在左，R 在右）。`, `From this entry to the head over ${String(size)} entries, by ${String(steps.length)} neighbouring hashes (L left, R right).`)}
    </p>
    <pre>${path}= ${toHex(rootHash)}</pre>
    <details>
      <summary>${w('不靠本机，自己验算', 'Check it without this box')}</summary>
      <p class="hint">
        ${w('在任何一台有 sha256sum、basenc、openssl 的电脑上运行：三行哈希应当相同，最后一行说签名正确。journal.pem 应追溯到您所持的根证书。', 'Run it anywhere with sha256sum, basenc and openssl: the three hashes must be the same, and the last line says that the signature is good. journal.pem must chain to the root that you hold.')}
        <a href="/journal/${entry.index}/file">${w('下载脚本', 'Download the script')}</a>
      </p>
      <pre>${proofScript(proof)}</pre>
    </details>
  </section>`
}
