/** The auditor's verifier: a file to be opened from disk, where no box has a hand in it. Never shown by the box itself. */
import { verifier } from '../verifier/page.ts'
import { html, type Html } from '../html.ts'
import { route, type Route } from '../types.ts'
import type { View } from '../view.ts'
import { downloadedPage } from './one_file.ts'

export const verifierRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/verifier.html',
    who: 'anyone',
    summary: 'The offline verifier, a file to be opened from disk',
    handle: () => downloadedPage(verifier, 'verifier.html'),
  }),
]

/** The file's bytes, the same for a version of the software: for evidence bundles. Makes it. */
export async function verifierFile(): Promise<Uint8Array> {
  return (await verifier.page()).html
}

/**
 * Where the verifier is offered: the link, the hash by which people tell that it is the reviewed one, and what it is for. The hash is left out
 * for the moment that making the file takes, once a process.
 */
export function verifierOffer({ w }: View): Html {
  const made = verifier.glance()
  return html`<section class="section prose" id="verifier">
    <h2>${w('不相信本平台也能验证', 'Verified without trusting this box')}</h2>
    <p>
      ${w('验证器是一个网页文件：存到 U 盘，在任何一台电脑上双击打开，不联网。拖入公文、回执、证据包和根证书，核对根证书的指纹，就能看到结论和盖章时的页面。', 'The verifier is one HTML file: keep it on a stick and open it on any computer, without a network. Drop documents, receipts, bundles and the root, compare the fingerprint of the root, and read the verdict beside the pages as they were sealed.')}
    </p>
    <p>
      <a class="btn" href="/verifier.html" download>${w('下载验证器', 'Download the verifier')}</a>
    </p>
    <p class="hint">
      ${w('请与密钥仪式记录中 verifier.html 的 SHA-256 核对：', 'Compare its SHA-256 with that of verifier.html in the minutes of the ceremony:')}
      ${made === undefined ? w('正在生成，刷新后显示。', 'being made; load this page again.') : html`<code>${made.sha256}</code>`}
    </p>
    <p>
      ${w('用命令行也一样，结论逐字节相同：', 'The command line says the same, byte for byte:')}
    </p>
    <pre>sealbox verify ${w('文件', 'FILE')}.pdf --trust root.pem</pre>
  </section>`
}
