/** Heads of the journal: the signed one now, the proof between two sizes, and whether an old checkpoint still belongs to it. */
import {
  ed25519PublicKey,
  equal,
  toHex,
  toPem,
  verifyCheckpoint,
  type TreeHead,
} from '../../../ca/index.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Parts, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { show } from '../frame.ts'
import { hashLines } from './proof_text.ts'

/** What the page shows beside the head: what was typed, what is wrong with it, what came of it. */
interface Shown {
  readonly first?: string
  readonly second?: string
  readonly pasted?: string
  readonly wrong?: { readonly field: 'first' | 'second' | 'checkpoint'; readonly words: string }
  readonly result?: { readonly of: 'proof' | 'checkpoint'; readonly html: Html }
}

/** The head now; with `first` and `second` also the consistency proof between these sizes. */
export async function headsPage(request: Request): Promise<Answer> {
  const { query, parts, view } = request
  const first = query.get('first')?.trim()
  const second = query.get('second')?.trim()
  if (first === undefined || second === undefined) return page(request, {})
  const typed = { first, second }
  const wrong = sizeFault(view, typed, parts.journal.size)
  if (wrong !== undefined) return page(request, { ...typed, wrong }, 422)
  const result = await proofBetween(request, Number(first), Number(second))
  return page(request, { ...typed, result: { of: 'proof', html: result } })
}

/** Judges a pasted checkpoint. */
export async function checkHead(request: Request): Promise<Answer> {
  const { form, view, parts } = request
  const pasted = form.fields.get('checkpoint') ?? ''
  // Browsers send CR LF, and people lose the last line feed.
  const text = `${pasted.replace(/\r\n?/g, '\n').trim()}\n`
  const head = await headIn(parts, text)
  if (head === undefined) {
    const words = view.w(
      '这不是本机签署的检查点：来源、签名或格式不对。',
      'This is no checkpoint signed by this box: its origin, signature or form is wrong.',
    )
    return page(request, { pasted, wrong: { field: 'checkpoint', words } }, 422)
  }
  const result = await judgement(parts, view, head)
  return page(request, { pasted, result: { of: 'checkpoint', html: result } })
}

/** The checkpoint as a file. */
export async function checkpointFile({ parts }: Request): Promise<Answer> {
  const bytes = await parts.box.checkpoint()
  return { type: 'text/plain; charset=utf-8', bytes, fileName: 'checkpoint.txt' }
}

/** The certificate of the key that signs checkpoints, PEM. */
export function journalCertificate({ parts }: Request): Promise<Answer> {
  const bytes = toPem('CERTIFICATE', parts.box.journalCertificate)
  return Promise.resolve({ type: 'application/x-pem-file', bytes, fileName: 'journal.pem' })
}

function headIn({ box }: Parts, text: string): Promise<TreeHead | undefined> {
  const publicKey = ed25519PublicKey(box.journalCertificate)
  return verifyCheckpoint(text, { origin: box.id, publicKey })
}

async function judgement({ journal }: Parts, view: View, head: TreeHead): Promise<Html> {
  const { w } = view
  const size = String(head.size)
  const isKnown = head.size <= journal.size
  const own = isKnown ? await journal.head(head.size) : undefined
  if (own !== undefined && equal(own.rootHash, head.rootHash)) {
    return notice('ok', {
      title: w('属于本日志', 'It belongs to this journal'),
      words: w(
        `前 ${size} 条的树头与检查点一致，那以后只有追加。`,
        `The head over the first ${size} entries is the one of the checkpoint; since then there were only additions.`,
      ),
    })
  }
  return notice('bad', {
    title: w('日志与检查点不符', 'The journal does not continue this checkpoint'),
    words: isKnown
      ? w(
          `本机签署过它，但现在前 ${size} 条的树头不同：日志被改写或分叉。请保存这份检查点，查找同时期的回执。`,
          `The box signed it, but the head over the first ${size} entries is another now: the journal was rewritten or forked. Keep this checkpoint, and look for receipts of that time.`,
        )
      : w(
          `检查点有 ${size} 条，本日志只有 ${String(journal.size)} 条：后面的记录不见了，例如从旧备份恢复过。`,
          `The checkpoint has ${size} entries, this journal only ${String(journal.size)}: later ones are gone, as after an old backup was restored.`,
        ),
  })
}

function notice(kind: 'ok' | 'bad', of: { readonly title: string; readonly words: string }): Html {
  return html`<div class="notice ${kind}" role="status"><b>${of.title}</b>${of.words}</div>`
}

function sizeFault(
  { w }: View,
  typed: { readonly first: string; readonly second: string },
  size: number,
): Shown['wrong'] {
  for (const field of ['first', 'second'] as const) {
    const isSize = /^\d{1,15}$/.test(typed[field]) && Number(typed[field]) <= size
    if (!isSize) {
      const words = w(
        `请写 0 到 ${String(size)} 之间的整数。`,
        `Write a whole number from 0 to ${String(size)}.`,
      )
      return { field, words }
    }
  }
  if (Number(typed.first) <= Number(typed.second)) return undefined
  return { field: 'first', words: w('前一个数不能大于后一个。', 'The first must not be larger.') }
}

async function proofBetween(
  { parts, view }: Request,
  first: number,
  second: number,
): Promise<Html> {
  const { w } = view
  const { journal } = parts
  const [proof, from, to] = await Promise.all([
    journal.consistencyProof(first, second),
    journal.head(first),
    journal.head(second),
  ])
  return html`<p>
      ${w(`${String(proof.length)} 个哈希（RFC 6962 2.1.2），可用 RFC 9162 2.1.4.2 验算：`, `${String(proof.length)} hashes (RFC 6962 2.1.2), to be checked as RFC 9162 2.1.4.2 says:`)}
    </p>
    <pre>
${hashLines(proof)}= ${String(first)}  ${toHex(from.rootHash)}
= ${String(second)}  ${toHex(to.rootHash)}</pre>`
}

async function page(request: Request, shown: Shown, status = 200): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const [checkpoint, head] = await Promise.all([parts.box.checkpoint(), parts.journal.head()])
  const title = w('树头与证明', 'Heads and proofs')
  return show(request, {
    title,
    status,
    main: html`<h1>${title}</h1>
      <p class="sub">
        ${w('树头概括全部日志。两个树头之间有一致性证明，就说明那期间只有追加。', 'A head stands for the whole journal. A consistency proof between two of them shows that there were only additions.')}
      </p>
      ${currentSection(view, { checkpoint, head })}${checkSection(view, shown)}
      ${proofForm(view, shown, head.size)}`,
  })
}

function currentSection(
  { w }: View,
  { checkpoint, head }: { readonly checkpoint: string; readonly head: TreeHead },
): Html {
  return html`<section class="section">
    <h2>${w('现在的检查点', 'The checkpoint now')}</h2>
    <pre>${checkpoint}</pre>
    <p class="hint">
      ${w('来源、条数、根哈希（Base64），空行之后是本机日志密钥的签名（C2SP signed-note）。', 'Origin, size, root hash (Base64); below the empty line the signature of the box’s journal key (C2SP signed-note).')}
      <br />SHA-256 <span class="hash">${toHex(head.rootHash)}</span>
    </p>
    <p class="links">
      <a href="/journal/heads/file">${w('保存检查点', 'Save the checkpoint')}</a> ·
      <a href="/journal/certificate/file">${w('保存日志证书', 'Save the journal certificate')}</a> ·
      <a href="/journal/export">${w('导出日志', 'Export the journal')}</a>
    </p>
  </section>`
}

function checkSection({ w }: View, { pasted = '', wrong, result }: Shown): Html {
  const bad = wrong?.field === 'checkpoint'
  return html`<section class="section">
    <h2>${w('核对以前保存的检查点', 'Check one that you saved before')}</h2>
    ${result?.of === 'checkpoint' && result.html}
    <form method="post" action="/journal/heads">
      <div class="field">
        <label for="checkpoint">${w('检查点全文', 'The whole checkpoint')}</label>
        <textarea
          id="checkpoint"
          name="checkpoint"
          rows="6"
          required
          ${bad && html` aria-invalid="true" aria-describedby="checkpoint-wrong"`}
        >
${pasted}</textarea>
        ${bad && html`<p class="wrong" id="checkpoint-wrong" role="alert">${wrong.words}</p>`}
        <p class="hint">
          ${w('来自导出的 checkpoint.txt、回执中的树头，或您自己的记录。', 'From checkpoint.txt of an export, or from your own notes.')}
        </p>
      </div>
      <button class="btn" data-next>${w('核对', 'Check')}</button>
    </form>
  </section>`
}

function proofForm(view: View, { first, second, wrong, result }: Shown, size: number): Html {
  const { w } = view
  const input = (name: 'first' | 'second', value: string, words: string): Html => {
    const bad = wrong?.field === name
    return html`<div class="field">
      <label for="${name}">${words}</label>
      <input
        type="text"
        inputmode="numeric"
        id="${name}"
        name="${name}"
        value="${value}"
        maxlength="15"
        required
        ${bad && html` aria-invalid="true" aria-describedby="${name}-wrong"`}
      />
      ${bad && html`<p class="wrong" id="${name}-wrong" role="alert">${wrong.words}</p>`}
    </div>`
  }
  return html`<section class="section">
    <h2>${w('两个条数之间的一致性证明', 'Consistency proof between two sizes')}</h2>
    <form action="/journal/heads">
      <div class="row">
        ${input('first', first ?? '', w('前', 'First'))}
        ${input('second', second ?? String(size), w('后', 'Second'))}
      </div>
      <button class="btn">${w('给出证明', 'Give the proof')}</button>
    </form>
    ${result?.of === 'proof' && result.html}
  </section>`
}
