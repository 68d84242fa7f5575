/** What the composing page says of the virus check: which files of a draft wait for it, which it refused, and that there is none. */
import { isSha256 } from '../../../../ca/index.ts'
import { unitOf, type DraftForm, type Intake, type UploadLook } from '../../../../exchange/index.ts'
import { actorOf } from '../../../api/common.ts'
import { html, type Content, type Html } from '../../../html.ts'
import type { Request } from '../../../types.ts'
import type { View } from '../../../view.ts'
import { filled, keptFile, type KeptFile } from './fields.ts'
import type { ComposeFinding } from './form.ts'

/** How the files of a form stand with the scanner. */
export interface Scanned {
  /** Whether the box has a scanner at all. */
  readonly isScanned: boolean
  readonly looks: ReadonlyMap<string, UploadLook>
}

/** Files that a form names: the PDF, and the attachments. */
function filesOf(form: DraftForm): readonly (KeptFile & { readonly path: string })[] {
  const { text, list } = filled(form)
  const named = [
    { path: 'upload', value: text('upload') },
    ...list('attachments').map((value) => ({ path: 'attachments', value })),
  ]
  return named.flatMap(({ path, value }) => {
    const file = keptFile(value)
    return file === undefined ? [] : [{ ...file, path }]
  })
}

export async function scannedOf(request: Request, form: DraftForm): Promise<Scanned> {
  const { intake } = request.parts
  const unit = unitOf(actorOf(request))
  const looks = new Map<string, UploadLook>()
  for (const { sha256 } of filesOf(form)) {
    const look = await lookAt(intake, unit, sha256)
    if (look !== undefined) looks.set(sha256, look)
  }
  return { isScanned: intake.isScanned, looks }
}

async function lookAt(
  intake: Intake,
  unit: string,
  sha256: string,
): Promise<UploadLook | undefined> {
  return isSha256(sha256) ? intake.look(unit, sha256) : undefined
}

/** Files that waited and were refused since, as findings at their fields. */
export function refusedSince(form: DraftForm, { looks }: Scanned): ComposeFinding[] {
  return filesOf(form).flatMap(({ sha256, fileName, path }) => {
    const look = looks.get(sha256)
    if (look?.state !== 'refused') return []
    return look.findings.map(({ code, severity, message, words }) => ({
      ...{ code, severity, path },
      message: words ?? message,
      about: fileName,
    }))
  })
}

/** Says of files that wait that they are safe and need nothing. */
export function waitingNotice({ w }: View, form: DraftForm, { looks }: Scanned): Html | undefined {
  const waiting = filesOf(form).filter(({ sha256 }) => looks.get(sha256)?.state === 'waiting')
  if (waiting.length === 0) return undefined
  const count = String(waiting.length)
  return html`<div class="notice w" role="status">
    <b>${w(`${count} 个文件正在等待病毒检查`, `${count} waiting for the virus check`)}</b>
    <p class="prose">
      ${w('病毒检查暂时没有应答。文件已经保存，不必重新上传；恢复后会自动检查，检查通过即可送签。', 'The virus check does not answer at the moment. The files are kept and need not be uploaded again; they are scanned by themselves once it is back, and can be handed on then.')}
    </p>
  </div>`
}

/** Stands beside a file that waits or was refused. */
export function scanTag({ w }: View, look: UploadLook | undefined): Content {
  if (look?.state === 'waiting')
    return html`<span class="tag w">${w('等待病毒检查', 'waits for the virus check')}</span>`
  if (look?.state === 'refused')
    return html`<span class="tag u">${w('病毒检查未通过', 'refused by the virus check')}</span>`
  return undefined
}

/** Of a box without a scanner. */
export function unscannedHint({ w }: View, { isScanned }: Scanned): Content {
  return (
    !isScanned &&
    html`<p class="hint">
      ${w('本机没有配置病毒检查：文件未经病毒检查。', 'This box has no virus check: files are not scanned for viruses.')}
    </p>`
  )
}
