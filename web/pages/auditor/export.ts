/** The journal to be taken along: what is in it, how it is checked, and the zip itself where it is not too large. */
import { zipSync, type Zippable } from 'fflate'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { bytesWords, factList } from '../elements.ts'
import { show } from '../frame.ts'

/** The zip is made in memory, twice the journal's size; a larger one is exported on the box itself. */
export const maxExportBytes = 64 * 1024 * 1024

export async function exportPage(request: Request): Promise<Answer> {
  const bytes = await request.parts.journalCopy.bytes()
  return show(request, describe(request.view, bytes))
}

/** The zip; where the journal is too large for it, the page that names the command. */
export async function exportFile(request: Request): Promise<Answer> {
  const { parts, view } = request
  const bytes = await parts.journalCopy.bytes()
  if (bytes > maxExportBytes) {
    return show(request, { ...describe(view, bytes), status: 413 })
  }
  const files = await parts.journalCopy.files()
  const zip: Zippable = {}
  // Only stored: packing would hold up everybody else for a second.
  for (const file of files) zip[file.name] = [file.bytes, { level: 0 }]
  return {
    type: 'application/zip',
    bytes: zipSync(zip),
    fileName: `journal-${view.day(view.now)}.zip`,
  }
}

function describe(view: View, bytes: number): { readonly title: string; readonly main: Html } {
  const { w } = view
  const title = w('导出日志', 'Export the journal')
  const isTooLarge = bytes > maxExportBytes
  return {
    title,
    main: html`<p class="crumb links"><a href="/journal">${w('日志', 'Journal')}</a> › ${title}</p>
      <h1>${title}</h1>
      <p class="sub">
        ${w('日志原文连同签署的检查点和证书，离开本机也能核对。', 'The journal as it is, with a signed checkpoint and certificates: to be checked away from this box.')}
      </p>
      ${isTooLarge ? tooLarge(view, bytes) : download(view, bytes)} ${contents(view)}`,
  }
}

function download({ w }: View, bytes: number): Html {
  return html`<p>
    <a class="btn" href="/journal/export/file" data-next
      >${w(`下载（${bytesWords(bytes)}）`, `Download (${bytesWords(bytes)})`)}</a
    >
  </p>`
}

function tooLarge({ w }: View, bytes: number): Html {
  return html`<div class="notice w">
      <b>${w('太大，不能在页面上下载', 'Too large to be downloaded here')}</b>
      ${w(`日志有 ${bytesWords(bytes)}，页面上最多 ${bytesWords(maxExportBytes)}。请系统管理员停机后在本机运行，把文件夹交给您：`, `The journal has ${bytesWords(bytes)}; ${bytesWords(maxExportBytes)} are the limit here. Ask the system administrator to stop the box, run this on it, and hand you the folder:`)}
    </div>
    <pre>sealbox journal export --out DIR</pre>`
}

function contents({ w }: View): Html {
  return html`<section class="section">
      <h2>${w('里面有什么', 'What is in it')}</h2>
      ${factList([
        [
          html`<code>00000001.seg …</code>`,
          w('各段日志，纯文本，逐字节原样', 'the segments: plain text, byte for byte'),
        ],
        [
          html`<code>checkpoint.txt</code>`,
          w('签署的检查点：条数与根哈希', 'the signed checkpoint: size and root hash'),
        ],
        [
          html`<code>root.pem issuing.pem journal.pem</code>`,
          w(
            '根证书、签发机构、日志密钥的证书',
            'certificates of the root, the authority, the journal’s key',
          ),
        ],
      ])}
    </section>
    <section class="section">
      <h2>${w('怎样核对', 'How it is checked')}</h2>
      <p class="hint">
        ${w('先把 root.pem 的指纹与您自己保存的比较，再运行：', 'Compare the fingerprint of root.pem with the one you keep, then run:')}
      </p>
      <pre>sealbox journal verify --journal DIR --head DIR/checkpoint.txt</pre>
    </section>`
}
